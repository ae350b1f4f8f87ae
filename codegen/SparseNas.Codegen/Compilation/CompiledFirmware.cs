namespace SparseNas.Codegen.Compilation;

/// <summary>A compiled device assembly: IL as the C# compiler made it, before the device's metadata processor packs it.</summary>
/// <param name="AssemblyName">The assembly's simple name.</param>
/// <param name="Image">The portable executable. Do not change it: it is shared, not copied.</param>
/// <param name="References">Simple names of the assemblies the image refers to, in metadata order; the board must hold all of them.</param>
/// <param name="IlBytes">Byte code of all methods as the C# compiler made it; a little less on the device, where some operands are shorter.</param>
public sealed record CompiledFirmware(string AssemblyName, byte[] Image, IReadOnlyList<string> References, int IlBytes)
{
    /// <summary>A portable PDB: which source line each instruction comes from. It stays on the desktop.</summary>
    public byte[] Symbols { get; init; } = [];
}
