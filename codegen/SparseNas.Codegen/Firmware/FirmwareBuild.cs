using System.Collections.Immutable;
using SparseNas.Codegen.Compilation;

namespace SparseNas.Codegen.Firmware;

/// <summary>Compiles the assemblies of a firmware project against the device facade.</summary>
public static class FirmwareBuild
{
    /// <summary>Compiles every assembly, each against those it uses.</summary>
    /// <param name="assemblies">In build order.</param>
    /// <param name="sdk">The line of libraries that they are compiled against.</param>
    /// <returns>Images in the same order.</returns>
    /// <exception cref="FirmwareCompilationException">An assembly does not compile.</exception>
    public static IReadOnlyList<CompiledFirmware> Compile(IReadOnlyList<FirmwareAssembly> assemblies, FirmwareSdk sdk = FirmwareSdk.Stable)
    {
        ImmutableArray<DeviceAssembly> device = sdk switch
        {
            FirmwareSdk.Stable => DeviceFacade.Assemblies,
            FirmwareSdk.Preview => DeviceFacade.PreviewAssemblies,
            _ => throw new ArgumentOutOfRangeException(nameof(sdk), sdk, "Unknown project system."),
        };
        var compiled = new List<CompiledFirmware>();
        foreach (FirmwareAssembly assembly in assemblies)
        {
            CompiledFirmware[] used = compiled.Where(other => assembly.Uses.Any(name => name.Value == other.AssemblyName)).ToArray();
            compiled.Add(FirmwareCompiler.Compile(assembly.Sources, assembly.Name.Value, assembly.Output, used, assembly.Resources, device));
        }

        return compiled;
    }
}
