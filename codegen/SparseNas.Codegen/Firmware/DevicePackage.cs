namespace SparseNas.Codegen.Firmware;

/// <summary>A NuGet package of the device's libraries on the stable 1.x line.</summary>
/// <param name="Id">Package id.</param>
/// <param name="Version">Package version; the assembly's version is this with <c>.0</c> behind.</param>
/// <param name="AssemblyName">Simple name of the one assembly in its <c>lib</c> folder.</param>
/// <param name="Needs">Ids of the packages it depends on, as its nuspec says.</param>
/// <param name="BoardApi">Its name among a board's APIs, where the native part is an option of the firmware; null where every firmware has it.</param>
/// <param name="Preview">Version of the package on the 2.x preview line, or null where none is published.</param>
public sealed record DevicePackage(
    string Id, string Version, string AssemblyName, IReadOnlyList<string> Needs, string? BoardApi = null, string? Preview = null)
{
    /// <summary>Every nanoFramework library is signed with the same key.</summary>
    public const string PublicKeyToken = "c07d481e9758c731";

    /// <summary>
    /// Versions that belong together: <c>packages.config</c> and <c>.nfproj</c> files of nanoframework/Samples 121ef044 (July 2026),
    /// dependencies from the packages' nuspec files.
    /// </summary>
    private static readonly DevicePackage[] Known =
    [
        new("nanoFramework.CoreLibrary", "1.17.11", "mscorlib", [], Preview: "2.0.0-preview.*"),
        new("nanoFramework.Runtime.Native", "1.7.11", "nanoFramework.Runtime.Native", ["nanoFramework.CoreLibrary"],
            "nanoFramework.Runtime.Native", "2.0.0-preview.*"),
        new("nanoFramework.Runtime.Events", "1.11.37", "nanoFramework.Runtime.Events", ["nanoFramework.CoreLibrary"]),
        new("nanoFramework.System.Text", "1.3.42", "nanoFramework.System.Text", ["nanoFramework.CoreLibrary"]),
        new("nanoFramework.System.IO.Streams", "1.1.96", "System.IO.Streams", ["nanoFramework.CoreLibrary", "nanoFramework.System.Text"]),
        new("nanoFramework.System.IO.Ports", "1.1.139", "System.IO.Ports",
            ["nanoFramework.CoreLibrary", "nanoFramework.Runtime.Events", "nanoFramework.System.IO.Streams"],
            "System.IO.Ports"),
        new("nanoFramework.Hardware.Esp32", "1.6.40", "nanoFramework.Hardware.Esp32", ["nanoFramework.CoreLibrary", "nanoFramework.Runtime.Events"],
            "nanoFramework.Hardware.Esp32"),
        new("nanoFramework.ResourceManager", "1.2.32", "nanoFramework.ResourceManager", ["nanoFramework.CoreLibrary"],
            "nanoFramework.ResourceManager"),
    ];

    /// <summary>The packages that bring the given assemblies, with everything those need, ordered by id.</summary>
    /// <param name="assemblyNames">Simple names, as an image refers to them.</param>
    /// <exception cref="ArgumentException">No known package holds one of the assemblies.</exception>
    public static IReadOnlyList<DevicePackage> For(IEnumerable<string> assemblyNames)
    {
        var found = new SortedDictionary<string, DevicePackage>(StringComparer.Ordinal);
        foreach (string name in assemblyNames) Collect(Holding(name), found);
        return [.. found.Values];
    }

    /// <summary>Whether a line of packages has what a board's firmware offers natively; an API without a package known here counts as there.</summary>
    /// <param name="boardApi">Name among a board's APIs.</param>
    /// <param name="sdk">The line.</param>
    public static bool IsPublished(string boardApi, FirmwareSdk sdk) =>
        sdk == FirmwareSdk.Stable || Known.All(package => package.BoardApi != boardApi || package.Preview is not null);

    private static void Collect(DevicePackage package, SortedDictionary<string, DevicePackage> found)
    {
        if (!found.TryAdd(package.Id, package)) return;
        foreach (string id in package.Needs) Collect(Known.Single(known => known.Id == id), found);
    }

    private static DevicePackage Holding(string assemblyName) =>
        Known.SingleOrDefault(package => package.AssemblyName == assemblyName)
        ?? throw new ArgumentException($"No known nanoFramework package holds the assembly '{assemblyName}'.", nameof(assemblyName));
}
