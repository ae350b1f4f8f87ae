using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Emission.Code;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Testing.Networks;

namespace SparseNas.Codegen.Tests.Emission;

public class IlModelTests
{
    [Fact]
    public void The_model_counts_what_the_compiler_makes_of_plain_loops()
    {
        for (ulong seed = 0; seed < 24; seed++)
        {
            SeededRandom random = new(seed, 0x11);
            QuantizedNetwork network = RandomQuantizedNetworks.Draw(random);
            MemoryPlan plan = MemoryPlanner.Plan(network.Graph);
            CompareWithCompiler(Emitter.Emit(network, plan, Emitter.Plain(network, plan), TestHeader.Plain, TestHeader.CortexM4F));
        }
    }

    /// <summary>Every step's instructions, locals and stack as compiled against the device's library equal the model's.</summary>
    internal static void CompareWithCompiler(GeneratedModel model)
    {
        CompiledFirmware firmware = FirmwareCompiler.Compile(model.Sources, "model", FirmwareOutput.Library);
        using PEReader image = new([.. firmware.Image]);
        MetadataReader metadata = image.GetMetadataReader();
        Dictionary<string, MethodDefinition> methods = metadata.MethodDefinitions.Select(metadata.GetMethodDefinition)
            .Where(method => metadata.GetString(method.Name) is not (".ctor" or ".cctor"))
            .GroupBy(method => metadata.GetString(method.Name)).ToDictionary(group => group.Key, group => group.First());
        foreach (OperatorCode step in model.Steps)
        {
            MethodBodyBlock body = image.GetMethodBody(methods[step.Method.Name].RelativeVirtualAddress);
            string place = $"{step.Method.Name} ({step.Strategy}): {step.Method.Summary[0]}";
            string compiled = Listing(Written(body.GetILBytes()!)), predicted = Listing(step.Count.Written);
            Assert.True(compiled == predicted, $"{place}\ncompiled  {compiled}\npredicted {predicted}\n{new CSharpText().Method(step.Method)}");
            int locals = body.LocalSignature.IsNil ? 0 : LocalCount(metadata, body.LocalSignature);
            Assert.Equal($"{place}: {locals} locals, stack {Math.Max(body.MaxStack, 0)}", $"{place}: {step.Count.Locals} locals, stack {Math.Max(step.Count.MaxStack, 0)}");
        }
    }

    private static string Listing(IReadOnlyList<int> written) =>
        string.Join(' ', written.Select((count, opcode) => (count, opcode)).Where(pair => pair.count > 0).Select(pair => $"{IlCount.Mnemonic(pair.opcode)}:{pair.count}"));

    private static int LocalCount(MetadataReader metadata, StandaloneSignatureHandle handle)
    {
        BlobReader reader = metadata.GetBlobReader(metadata.GetStandaloneSignature(handle).Signature);
        reader.ReadByte();
        return reader.ReadCompressedInteger();
    }

    private static int[] Written(byte[] il)
    {
        var written = new int[256];
        for (int at = 0; at < il.Length;)
        {
            ILOpCode opcode = (ILOpCode)il[at];
            Assert.NotEqual(0xFE, il[at]);
            written[il[at]]++;
            at += 1 + OperandBytes(opcode);
        }

        return written;
    }

    private static int OperandBytes(ILOpCode opcode) => opcode switch
    {
        ILOpCode.Ldc_i4_s or ILOpCode.Ldloc_s or ILOpCode.Stloc_s => 1,
        >= ILOpCode.Br_s and <= ILOpCode.Blt_un_s => 1,
        ILOpCode.Ldc_i4 or ILOpCode.Ldsfld => 4,
        >= ILOpCode.Br and <= ILOpCode.Blt_un => 4,
        ILOpCode.Ldc_i8 => 8,
        _ => 0,
    };
}
