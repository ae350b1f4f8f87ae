using System.Reflection;
using System.Reflection.Emit;

namespace SparseNas.Simulator.Execution;

/// <summary>
/// The one table of opcode facts: number, mnemonic, operand, whether the 1.x interpreter executes it. Names and operand kinds are those of
/// the framework's own <see cref="OpCodes"/>; what the device lacks is listed in Interpreter.cpp, lines 3415 to 3440.
/// </summary>
internal static class IlOpcodes
{
    private static readonly HashSet<string> s_absent =
    [
        "cpblk", "initblk", "localloc", "calli", "jmp", "arglist", "ckfinite", "mkrefany", "refanyval", "refanytype", "readonly.", "tail.", "unaligned.", "break",
    ];

    /// <summary>Opcodes by number: one byte as it is, two-byte opcodes as 0x100 + second byte.</summary>
    public static IReadOnlyList<OpCode?> All { get; } = Build();

    /// <summary>Numbers by mnemonic.</summary>
    public static IReadOnlyDictionary<string, int> ByName { get; } =
        All.Select((code, number) => (code, number)).Where(pair => pair.code is not null).ToDictionary(pair => pair.code!.Value.Name!, pair => pair.number, StringComparer.Ordinal);

    public static string Name(int number) => All[number]?.Name ?? $"0x{number:x}";

    public static bool OnDevice(int number) => All[number] is { } code && !s_absent.Contains(code.Name!);

    /// <summary>A real prefix goes round the dispatch loop but is not counted as an instruction.</summary>
    public static bool IsPrefix(int number) => All[number] is { OpCodeType: OpCodeType.Prefix };

    private static OpCode?[] Build()
    {
        OpCode?[] all = new OpCode?[0x200];
        foreach (FieldInfo field in typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            if (field.GetValue(null) is not OpCode code || code.OpCodeType == OpCodeType.Nternal) continue;
            int number = code.Size == 1 ? (byte)code.Value : 0x100 + (byte)code.Value;
            all[number] = code;
        }

        return all;
    }
}
