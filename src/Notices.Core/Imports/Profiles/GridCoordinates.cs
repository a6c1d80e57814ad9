using ProjNet.CoordinateSystems;
using ProjNet.CoordinateSystems.Transformations;

namespace Notices.Imports;

/// <summary>Metres on a national grid to WGS84 degrees.</summary>
internal sealed class GridCoordinates
{
    // TWD97 is WGS84 to within a metre (EPSG 3826, 3825). TWD67 (EPSG 3828) lies 830 m west of it: taken for the other, a whole town moves. OSGB36 (EPSG 27700) with its seven-parameter shift, good to five metres.
    private static readonly Dictionary<string, string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["EPSG:3826"] = Twd97(121),
        ["EPSG:3825"] = Twd97(119),
        ["EPSG:3828"] = """
            PROJCS["TWD67",GEOGCS["TWD67",DATUM["TWD67",SPHEROID["GRS 1967 Modified",6378160,298.25],TOWGS84[-752,-358,-179,0,0,0,0]],PRIMEM["Greenwich",0],
            UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",121],
            PARAMETER["scale_factor",0.9999],PARAMETER["false_easting",250000],PARAMETER["false_northing",0],UNIT["metre",1]]
            """,
        ["EPSG:27700"] = """
            PROJCS["OSGB36",GEOGCS["OSGB36",DATUM["OSGB_1936",SPHEROID["Airy 1830",6377563.396,299.3249646],TOWGS84[446.448,-125.157,542.06,0.15,0.247,0.842,-20.489]],
            PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",49],PARAMETER["central_meridian",-2],
            PARAMETER["scale_factor",0.9996012717],PARAMETER["false_easting",400000],PARAMETER["false_northing",-100000],UNIT["metre",1]]
            """,
    };

    private readonly MathTransform _transform;

    private GridCoordinates(string wkt) =>
        _transform = new CoordinateTransformationFactory()
            .CreateFromCoordinateSystems(new CoordinateSystemFactory().CreateFromWkt(wkt), GeographicCoordinateSystem.WGS84).MathTransform;

    internal static IEnumerable<string> Names => Known.Keys;

    internal static GridCoordinates? Find(string name) => Known.TryGetValue(name, out var wkt) ? new GridCoordinates(wkt) : null;

    internal (double Latitude, double Longitude) ToDegrees(double x, double y)
    {
        var (longitude, latitude) = _transform.Transform(x, y);

        return (Math.Round(latitude, 7), Math.Round(longitude, 7));
    }

    private static string Twd97(int meridian) => $"""
        PROJCS["TWD97",GEOGCS["TWD97",DATUM["TWD97",SPHEROID["GRS 1980",6378137,298.257222101],TOWGS84[0,0,0,0,0,0,0]],PRIMEM["Greenwich",0],
        UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",{meridian}],
        PARAMETER["scale_factor",0.9999],PARAMETER["false_easting",250000],PARAMETER["false_northing",0],UNIT["metre",1]]
        """;
}
