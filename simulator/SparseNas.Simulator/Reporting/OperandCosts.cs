using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Reporting;

/// <summary>
/// How the kind of the operands changes an opcode's cost, in ARM instructions of the reference core. The measured table gives means over
/// programs with the lowest and highest mean of any one program (opcode-costs-measured.tsv); where that spread has a known cause, the cause
/// is modelled and the mean is replaced.
/// </summary>
internal static class OperandCosts
{
    /// <summary>A load of a reference asks whether it is a structure (Execute_LoadAndPromote, DATATYPE_OBJECT).</summary>
    private const double ReferenceLoad = 14;

    /// <summary>A load of a narrow integer widens it.</summary>
    private const double NarrowLoad = 4;

    /// <summary>Rows without the parts that are charged separately (frames, memory), and rows by operand width.</summary>
    private static readonly Dictionary<string, double> s_rows = new(StringComparer.Ordinal)
    {
        ["call"] = 300, ["callvirt"] = 352, ["ret"] = 138, ["newarr"] = 344, ["newobj"] = 598, ["box"] = 295, ["mul.i8"] = 37, ["mul"] = 23.3, ["add"] = 25, ["add.i8"] = 28, ["sub"] = 26, ["sub.i8"] = 29,
        ["shl"] = 23, ["shl.i8"] = 31, ["shr"] = 27, ["shr.i8"] = 36, ["div.i8"] = 204, ["rem.i8"] = 209, ["rem.un"] = 165, ["rem.un.i8"] = 250, ["div.un"] = 163, ["div.un.i8"] = 163,
        ["conv.i4"] = 51, ["conv.i4.float"] = 102, ["conv.r4.float"] = 70, ["conv.r8.float"] = 70, ["conv.i8"] = 79, ["ldind.i4"] = 50, ["castclass"] = 276, ["isinst"] = 387, ["add.r8"] = 60, ["sub.r8"] = 60, ["mul.r8"] = 60, ["div.r8"] = 180,
        ["ldloc.0"] = 28, ["ldloc.1"] = 29, ["ldloc.2"] = 29, ["ldloc.3"] = 28.5, ["ldloc.s"] = 34, ["ldarg.0"] = 27, ["ldarg.1"] = 32, ["ldarg.2"] = 32, ["ldarg.3"] = 32, ["ldarg.s"] = 33, ["ldsfld"] = 127, ["ldfld"] = 124,
        ["ldelem"] = 150, ["ldobj"] = 150, ["throw"] = 500, ["leave.s"] = 223, ["leave"] = 223, ["endfinally"] = 310,
    };

    /// <summary>
    /// Rows that no measurement gives. 64-bit division is done in software, whose time goes with the operands (165 to 547 for rem.un): these are
    /// means that suit the one program that divides. Arithmetic in double and conversions between float and double were not measured by themselves.
    /// </summary>
    public static readonly IReadOnlySet<string> EstimatedRows = new HashSet<string>(StringComparer.Ordinal)
    {
        "div.i8", "rem.i8", "rem.un.i8", "div.un.i8", "conv.r4.float", "conv.r8.float", "add.r8", "sub.r8", "mul.r8", "div.r8", "ldobj", "ldelem",
    };

    /// <summary>Name of the cost row: the mnemonic, with a suffix where the operand kind matters.</summary>
    public static string Row(string name, StackNode? stack)
    {
        StackKind? below = stack?.Below?.Type.Kind, top = stack?.Type.Kind;
        switch (name)
        {
            case "add" or "sub" or "mul" or "div" or "rem" or "div.un" or "rem.un" or "shl" or "shr":
                return below switch { StackKind.I8 or StackKind.U8 when name is not "shr.un" => name + ".i8", StackKind.R8 when s_rows.ContainsKey(name + ".r8") => name + ".r8", _ => name };
            case "conv.i4" or "conv.r4" or "conv.r8": return top is StackKind.R4 or StackKind.R8 ? name + ".float" : name;
            default: return name;
        }
    }

    /// <summary>Instructions of a refined row; null for the measured mean of the opcode.</summary>
    public static double? Instructions(string row) => s_rows.TryGetValue(row, out double instructions) ? instructions : null;

    /// <summary>Instructions that depend on the instruction's own operand: the kind of the loaded value.</summary>
    public static double Extra(MethodCode code, int il)
    {
        IlInstruction instruction = code.Il[il];
        string name = instruction.Name;
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        SlotType? loaded = (dot < 0 ? name : name[..dot]) switch
        {
            "ldloc" => code.Method.Locals[TypeFlow.Number(instruction, name)],
            "ldarg" => code.Method.Arguments[TypeFlow.Number(instruction, name)],
            "ldfld" or "ldsfld" => il + 1 < code.Il.Length && code.Entry[il + 1] is { } after && after.Type.Kind == StackKind.Ref ? new SlotType(Storage.Ref) : null,
            _ => null,
        };
        return loaded?.Storage switch
        {
            Storage.Ref or Storage.Struct => ReferenceLoad,
            Storage.Bool or Storage.I1 or Storage.U1 or Storage.Char or Storage.I2 or Storage.U2 => NarrowLoad,
            _ => 0,
        };
    }
}
