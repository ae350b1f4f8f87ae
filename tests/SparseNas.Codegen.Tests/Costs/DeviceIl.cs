using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using SparseNas.Codegen.Compilation;

namespace SparseNas.Codegen.Tests.Costs;

/// <summary>Byte code of compiled methods as the device's metadata processor shortens it: tokens and long branches take two bytes (CodeWriter.cs).</summary>
internal static class DeviceIl
{
    private static readonly OpCode[] OneByte = [.. typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).Where(opcode => opcode.Size == 1)];

    /// <summary>Bytes of every method with one of the names.</summary>
    public static int Bytes(IEnumerable<CompiledFirmware> assemblies, IReadOnlySet<string> methods) => assemblies.Sum(assembly => Bytes(assembly, methods));

    private static int Bytes(CompiledFirmware assembly, IReadOnlySet<string> methods)
    {
        using PEReader image = new([.. assembly.Image]);
        MetadataReader metadata = image.GetMetadataReader();
        return metadata.MethodDefinitions.Select(metadata.GetMethodDefinition).Where(method => methods.Contains(metadata.GetString(method.Name)))
            .Sum(method => Bytes(image.GetMethodBody(method.RelativeVirtualAddress).GetILContent()));
    }

    private static int Bytes(ImmutableArray<byte> il)
    {
        int bytes = 0;
        for (int at = 0; at < il.Length;)
        {
            OperandType operand = OneByte.Single(opcode => opcode.Value == il[at]).OperandType;
            (int written, int onDevice) = operand switch
            {
                OperandType.InlineNone => (0, 0),
                OperandType.ShortInlineI or OperandType.ShortInlineVar or OperandType.ShortInlineBrTarget => (1, 1),
                OperandType.InlineI => (4, 4),
                OperandType.InlineI8 => (8, 8),
                OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineBrTarget => (4, 2),
                _ => throw new InvalidOperationException($"generated steps have no operand of kind {operand}"),
            };
            bytes += 1 + onDevice;
            at += 1 + written;
        }

        return bytes;
    }
}
