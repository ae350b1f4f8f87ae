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
        SortedDictionary<string, string[]> actual = SurfaceListing.Of(DeviceFacade.DeclaredCoreLibrary.Image);

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
        SortedDictionary<string, string[]> facade = SurfaceListing.Of(DeviceFacade.DeclaredCoreLibrary.Image);

        Assert.Equal(real.Keys, facade.Keys);
        Assert.All(real, type => Assert.Equal(type.Value, facade[type.Key]));
    }

    [Fact]
    public void Where_the_package_is_restored_its_library_is_read_instead()
    {
        DirectoryInfo packages = Directory.CreateTempSubdirectory("sparsenas-packages-");
        try
        {
            Assert.Null(RestoredCoreLibrary.TryRead(packages.FullName));
            string path = RestoredCoreLibrary.PathIn(packages.FullName);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, [.. DeviceFacade.DeclaredCoreLibrary.Image]);

            DeviceAssembly restored = RestoredCoreLibrary.TryRead(packages.FullName)!;
            CompiledFirmware program = FirmwareCompiler.Compile(
                [new SourceFile("P.cs", "static class P { static void Main() { System.Console.WriteLine(\"x\"); } }")], "p", FirmwareOutput.Executable, device: [restored]);

            Assert.Equal("mscorlib", restored.Name);
            Assert.Equal(["mscorlib"], program.References);
        }
        finally
        {
            packages.Delete(recursive: true);
        }
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
    public static string AssemblyPath { get; } = RestoredCoreLibrary.PathIn(RestoredCoreLibrary.PackagesFolder);
}
