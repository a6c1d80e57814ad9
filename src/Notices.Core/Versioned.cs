namespace Notices;

/// <summary>What people know by its number, and whose version counts every change.</summary>
internal interface IVersioned
{
    string Number { get; }

    int Version { get; set; }
}
