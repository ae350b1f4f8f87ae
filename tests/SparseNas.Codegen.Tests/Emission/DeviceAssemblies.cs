using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Emission;

namespace SparseNas.Codegen.Tests.Emission;

/// <summary>A generated model compiled for the device: libraries first, as a board loads them.</summary>
internal static class DeviceAssemblies
{
    public static IReadOnlyList<CompiledFirmware> Compile(GeneratedModel model)
    {
        List<CompiledFirmware> compiled = [];
        foreach (GeneratedLibrary library in model.Libraries)
        {
            compiled.Add(FirmwareCompiler.Compile(library.Sources, library.Name, FirmwareOutput.Library, [.. compiled], library.Resources));
        }

        compiled.Add(FirmwareCompiler.Compile(model.Sources, "model", FirmwareOutput.Library, [.. compiled], model.Resources));
        return compiled;
    }
}
