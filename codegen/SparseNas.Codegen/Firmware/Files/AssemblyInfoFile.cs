using SparseNas.Codegen.Compilation;

namespace SparseNas.Codegen.Firmware.Files;

/// <summary><c>Properties/AssemblyInfo.cs</c> with the version only: each further attribute would take flash and heap on the device.</summary>
internal static class AssemblyInfoFile
{
    public static SourceFile For(FirmwareName assembly) => new(
        "Properties/AssemblyInfo.cs",
        $"""
        using System.Reflection;

        // {assembly}: no title, company or copyright, because each attribute takes flash and heap on the device.
        [assembly: AssemblyVersion("1.0.0.0")]

        """);
}
