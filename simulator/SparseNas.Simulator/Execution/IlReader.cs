using System.Buffers.Binary;
using System.Reflection.Emit;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>One IL instruction: where it stands, its opcode number, its operand (branch targets as IL offsets).</summary>
internal readonly record struct IlInstruction(int Offset, int End, int Opcode, long Operand, int[]? Targets, int Prefixes)
{
    public string Name => IlOpcodes.Name(Opcode);
}

/// <summary>Splits a method's bytes into instructions; every branch must hit the start of one.</summary>
internal static class IlReader
{
    public static IlInstruction[] Read(DeviceMethod method)
    {
        ReadOnlySpan<byte> il = method.Il;
        List<IlInstruction> instructions = [];
        int at = 0, prefixes = 0;
        while (at < il.Length)
        {
            int start = at;
            int number = il[at++];
            if (number == 0xFE) number = at < il.Length ? 0x100 + il[at++] : throw Damaged(method, start, "ends inside a two-byte opcode");
            if (!IlOpcodes.OnDevice(number)) throw Damaged(method, start, $"'{IlOpcodes.Name(number)}' is not executed by nanoFramework 1.x");
            (long operand, int[]? targets) = ReadOperand(method, il, ref at, start, IlOpcodes.All[number]!.Value.OperandType);
            if (IlOpcodes.IsPrefix(number))
            {
                prefixes++;
                continue;
            }

            instructions.Add(new IlInstruction(start, at, number, operand, targets, prefixes));
            prefixes = 0;
        }

        if (instructions.Count == 0) throw Damaged(method, 0, "is empty");
        return [.. instructions];
    }

    private static (long Operand, int[]? Targets) ReadOperand(DeviceMethod method, ReadOnlySpan<byte> il, ref int at, int start, OperandType kind)
    {
        int bytes = kind switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            _ => 4,
        };
        if (at + bytes > il.Length) throw Damaged(method, start, "ends inside an operand");
        ReadOnlySpan<byte> operand = il.Slice(at, bytes);
        at += bytes;
        switch (kind)
        {
            case OperandType.InlineNone: return (0, null);
            case OperandType.ShortInlineI: return ((sbyte)operand[0], null);
            case OperandType.ShortInlineVar: return (operand[0], null);
            case OperandType.InlineVar: return (BinaryPrimitives.ReadUInt16LittleEndian(operand), null);
            case OperandType.ShortInlineBrTarget: return (0, [at + (sbyte)operand[0]]);
            case OperandType.InlineBrTarget: return (0, [at + BinaryPrimitives.ReadInt32LittleEndian(operand)]);
            case OperandType.InlineI8 or OperandType.InlineR: return (BinaryPrimitives.ReadInt64LittleEndian(operand), null);
            case OperandType.InlineSwitch:
                int count = BinaryPrimitives.ReadInt32LittleEndian(operand);
                if (count is < 0 or > 255) throw Damaged(method, start, $"a switch has at most 255 cases on nanoFramework, but got {count}");
                int end = at + (4 * count);
                if (end > il.Length) throw Damaged(method, start, "ends inside a switch");
                int[] targets = new int[count];
                for (int i = 0; i < count; i++, at += 4) targets[i] = end + BinaryPrimitives.ReadInt32LittleEndian(il[at..]);
                return (0, targets);
            default: return (BinaryPrimitives.ReadInt32LittleEndian(operand), null);
        }
    }

    public static DamagedAssemblyException Damaged(DeviceMethod method, int offset, string law) => new($"{method.FullName} IL_{offset:x4}: {law}");
}
