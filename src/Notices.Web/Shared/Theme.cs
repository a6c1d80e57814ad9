using MudBlazor;

namespace Notices.Shared;

/// <summary>The colours and letters of the console; what they mean stands in this folder's README.</summary>
internal static class Theme
{
    private static readonly string[] Letters = ["system-ui", "PingFang SC", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", "sans-serif"];

    internal static readonly MudTheme Console = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#0b57a4",
            Error = "#a51d0f",
            Warning = "#8a5300",
            Success = "#1b6e34",
            Info = "#0b57a4",
            Background = "#f6f7f9",
            Surface = "#ffffff",
            AppbarBackground = "#ffffff",
            AppbarText = "#1c2733",
            DrawerBackground = "#ffffff",
            TextPrimary = "#1c2733",
            TextSecondary = "#4a5a6a",
            LinesDefault = "#d5dbe1",
            TableLines = "#e3e7eb",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#8fc1ff",
            Error = "#ff9c8f",
            Warning = "#f2bb63",
            Success = "#86d49b",
            Info = "#8fc1ff",
            Background = "#12181f",
            Surface = "#1b232c",
            AppbarBackground = "#1b232c",
            AppbarText = "#e8edf2",
            DrawerBackground = "#1b232c",
            TextPrimary = "#e8edf2",
            TextSecondary = "#a9b6c3",
            LinesDefault = "#3a4653",
            TableLines = "#2b3540",
            PrimaryContrastText = "#0b1a2b",
            ErrorContrastText = "#2b0b07",
        },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = Letters, FontSize = "0.9375rem", LineHeight = "1.45" },
            Button = new ButtonTypography { TextTransform = "none", FontWeight = "600" },
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "6px", DrawerWidthLeft = "13.5rem" },
    };
}
