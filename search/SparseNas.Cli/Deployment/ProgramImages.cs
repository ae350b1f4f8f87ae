using System.Collections.Immutable;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Firmware;

namespace SparseNas.Cli.Deployment;

/// <summary>The assemblies of a program to simulate, libraries first, the application last.</summary>
/// <param name="Images">Bytes of each.</param>
/// <param name="Symbols">A portable PDB for each, in the same order; empty for those that came compiled.</param>
internal sealed record ProgramImages(IReadOnlyList<ReadOnlyMemory<byte>> Images, IReadOnlyList<ReadOnlyMemory<byte>> Symbols)
{
    /// <summary>Loads assemblies as they are, compiles sources and firmware folders against the device facade.</summary>
    /// <param name="paths">One firmware folder, assemblies (libraries first), or C# files compiled together in the given order.</param>
    /// <param name="entry">
    /// A method to run; sources without a <c>Main</c> get a driver for it that prints its result, so that they are a program of their own.
    /// </param>
    public static ProgramImages Load(IReadOnlyList<string> paths, string? entry)
    {
        string[] missing = [.. paths.Where(path => !Path.Exists(path))];
        if (missing.Length > 0) throw new UsageException($"These do not exist: {string.Join(", ", missing)}.");
        if (paths is [var folder] && Directory.Exists(folder)) return Read(folder);
        if (paths.All(path => Is(path, ".cs"))) return Compile(paths, entry);
        if (paths.All(path => Is(path, ".dll") || Is(path, ".exe"))) return new ProgramImages([.. paths.Select(path => (ReadOnlyMemory<byte>)File.ReadAllBytes(path))], [.. paths.Select(SymbolsBeside)]);
        string[] unknown = [.. paths.Where(path => !Directory.Exists(path) && !s_extensions.Any(extension => Is(path, extension)))];
        throw new UsageException(
            (unknown.Length > 0 ? $"'{unknown[0]}' is no firmware folder, assembly (.dll, .exe) or C# file (.cs). " : "")
            + "Give one firmware folder, or only assemblies, or only C# files.");
    }

    private static readonly string[] s_extensions = [".cs", ".dll", ".exe"];

    private static bool Is(string path, string extension) => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a firmware folder and compiles it.</summary>
    public static ProgramImages Read(string folder)
    {
        ImmutableArray<FirmwareAssembly> assemblies = FirmwareProjectReader.Read(folder);
        return assemblies.Any(assembly => assembly.Sources.Any(source => source.Text.Contains("System.ReadOnlySpan<sbyte>", StringComparison.Ordinal)))
            ? throw new UsageException($"'{folder}' keeps weights in flash as the 2.x preview can, which only a board runs: simulate the same network deployed without --sdk v2.")
            : Compile(assemblies);
    }

    /// <summary>Compiles a firmware project's assemblies against the device facade.</summary>
    public static ProgramImages Compile(ImmutableArray<FirmwareAssembly> assemblies) => Of(FirmwareBuild.Compile(assemblies));

    private static ProgramImages Of(IReadOnlyList<CompiledFirmware> assemblies) =>
        new([.. assemblies.Select(assembly => (ReadOnlyMemory<byte>)assembly.Image)], [.. assemblies.Select(assembly => (ReadOnlyMemory<byte>)assembly.Symbols)]);

    /// <summary>The portable PDB that a compiler puts beside an assembly, if it is there; symbols of other kinds are left alone.</summary>
    private static ReadOnlyMemory<byte> SymbolsBeside(string path)
    {
        string symbols = Path.ChangeExtension(path, ".pdb");
        byte[] bytes = File.Exists(symbols) ? File.ReadAllBytes(symbols) : [];
        return bytes.AsSpan().StartsWith("BSJB"u8) ? bytes : ReadOnlyMemory<byte>.Empty;
    }

    private static ProgramImages Compile(IReadOnlyList<string> files, string? entry)
    {
        List<SourceFile> sources = [.. files.Select(file => new SourceFile(Path.GetFileName(file), File.ReadAllText(file)))];
        bool hasMain = SourceOutline.HasMain(sources);
        if (!hasMain && entry is null) throw new UsageException("The sources have no Main; name a static method without parameters: --entry Type.Method.");
        if (!hasMain) sources.Add(EntryDriver.For(entry!, SourceOutline.ReturnTypeOf(sources, entry!)));
        return Of([FirmwareCompiler.Compile(sources, "app", FirmwareOutput.Executable)]);
    }
}
