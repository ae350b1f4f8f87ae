using SparseNas.Codegen.Compilation;

namespace SparseNas.Codegen.Tests.Compilation;

public class DeviceFacadeTests
{
    private static readonly string SurfaceFile =
        Path.Combine(SharedFiles.RepositoryRoot, "firmware", "SparseNas.DeviceFacade", "mscorlib-surface.txt");

    [Fact]
    public void The_core_librarys_public_surface_is_exactly_the_devices()
    {
        SortedDictionary<string, string[]> expected = ReadSurface();
        SortedDictionary<string, string[]> actual = SurfaceListing.Of(DeviceFacade.Assemblies[0].Image);

        Assert.Equal(expected.Keys, actual.Keys);
        Assert.Equal(199, actual.Count);
        string[] differing = expected.Keys
            .Where(type => !expected[type].SequenceEqual(actual[type]))
            .Select(type => $"expected\n{string.Join('\n', expected[type])}\nbut the facade has\n{string.Join('\n', actual[type])}")
            .ToArray();
        Assert.True(differing.Length == 0, string.Join("\n\n", differing));
    }

    [Fact]
    public void The_device_has_five_assemblies_core_library_first()
    {
        string[] names = DeviceFacade.Assemblies.Select(assembly => assembly.Name).ToArray();

        Assert.Equal(["mscorlib", "System.IO.Ports", "nanoFramework.Hardware.Esp32", "nanoFramework.ResourceManager", "nanoFramework.Runtime.Native"], names);
    }

    [Fact]
    public void The_facade_is_compiled_once_per_process()
    {
        Assert.True(DeviceFacade.Assemblies == DeviceFacade.Assemblies, "two calls gave two arrays");
    }

    [RestoredCoreLibraryFact]
    public void The_facade_has_the_surface_of_the_restored_package()
    {
        byte[] image = File.ReadAllBytes(RestoredCoreLibraryFactAttribute.AssemblyPath);

        SortedDictionary<string, string[]> real = SurfaceListing.Of([.. image]);
        SortedDictionary<string, string[]> facade = SurfaceListing.Of(DeviceFacade.Assemblies[0].Image);

        Assert.Equal(real.Keys, facade.Keys);
        Assert.All(real, type => Assert.Equal(type.Value, facade[type.Key]));
    }

    private static SortedDictionary<string, string[]> ReadSurface()
    {
        IEnumerable<string[]> types = File.ReadAllText(SurfaceFile)
            .Split("\n\n")
            .Select(block => block.Split('\n').Where(line => line.Length > 0 && line[0] != '#').ToArray())
            .Where(lines => lines.Length > 0);
        return new SortedDictionary<string, string[]>(types.ToDictionary(TypeName), StringComparer.Ordinal);
    }

    private static string TypeName(string[] lines) =>
        lines[0].Split(" : ")[0].Split(' ')[^1];
}

/// <summary>Needs nanoFramework.CoreLibrary in NuGet's cache, where building any generated project leaves it; skipped with the reason elsewhere.</summary>
public sealed class RestoredCoreLibraryFactAttribute : FactAttribute
{
    /// <summary>Decides.</summary>
    public RestoredCoreLibraryFactAttribute()
    {
        if (!File.Exists(AssemblyPath)) Skip = $"nanoFramework.CoreLibrary 1.17.11 is not restored: no {AssemblyPath}";
    }

    /// <summary>The real core library.</summary>
    public static string AssemblyPath { get; } = Path.Combine(
        Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
        "nanoframework.corelibrary", "1.17.11", "lib", "mscorlib.dll");
}
