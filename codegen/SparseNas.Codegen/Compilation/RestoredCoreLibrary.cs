namespace SparseNas.Codegen.Compilation;

/// <summary>
/// The real core library of the device, where it is at hand: building any generated project leaves nanoFramework.CoreLibrary in NuGet's folder. Then firmware is
/// compiled against it; its surface is the facade's, which a test holds wherever the package is there.
/// </summary>
public static class RestoredCoreLibrary
{
    /// <summary>The version whose surface the facade has.</summary>
    public const string Version = "1.17.11";

    /// <summary>NuGet's folder of packages on this machine.</summary>
    public static string PackagesFolder { get; } = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } named
        ? named
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>Where the library lies below a folder of packages, whether it is there or not.</summary>
    /// <param name="packagesFolder">A folder of packages, such as <see cref="PackagesFolder"/>.</param>
    public static string PathIn(string packagesFolder) => Path.Combine(packagesFolder, "nanoframework.corelibrary", Version, "lib", "mscorlib.dll");

    /// <summary>The library, or null when it is not there.</summary>
    /// <param name="packagesFolder">A folder of packages.</param>
    public static DeviceAssembly? TryRead(string packagesFolder)
    {
        string path = PathIn(packagesFolder);
        return File.Exists(path) ? new DeviceAssembly("mscorlib", [.. File.ReadAllBytes(path)]) : null;
    }
}
