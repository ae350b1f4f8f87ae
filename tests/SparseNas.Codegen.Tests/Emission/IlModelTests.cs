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
        Tally tally = default;
        for (ulong seed = 0; seed < 24; seed++)
        {
            SeededRandom random = new(seed, 0x11);
            QuantizedNetwork network = RandomQuantizedNetworks.Draw(random);
            MemoryPlan plan = MemoryPlanner.Plan(network.Graph);
            tally += CompareWithCompiler(Emitter.Emit(network, plan, Emitter.Plain(network, plan), TestHeader.Plain, TestHeader.CortexM4F));
        }

        Assert.Equal(tally.Methods, tally.Exact);
    }

    /// <summary>Methods compared, and those equal in every instruction and local.</summary>
    internal readonly record struct Tally(int Methods, int Exact)
    {
        public static Tally operator +(Tally a, Tally b) => new(a.Methods + b.Methods, a.Exact + b.Exact);
    }

    /// <summary>Every step's instructions, locals and stack as compiled against the device's library equal the model's.</summary>
    internal static Tally CompareWithCompiler(GeneratedModel model)
    {
        Tally tally = default;
        CompiledFirmware firmware = FirmwareCompiler.Compile(
            [.. model.Libraries.SelectMany(library => library.Sources), .. model.Sources], "model", FirmwareOutput.Library);
        using PEReader image = new([.. firmware.Image]);
        MetadataReader metadata = image.GetMetadataReader();
        Dictionary<string, MethodDefinition> methods = metadata.MethodDefinitions.Select(metadata.GetMethodDefinition)
            .Where(method => metadata.GetString(method.Name) is not (".ctor" or ".cctor"))
            .GroupBy(method => metadata.GetString(method.Name)).ToDictionary(group => group.Key, group => group.First());
        foreach ((OperatorCode step, Method unit, IlCount count) in model.Steps.SelectMany(step => step.Units.Zip(step.UnitCounts, (unit, count) => (step, unit, count))))
        {
            string name = step.IsByRow ? unit.Name : step.Method.Name;
            MethodBodyBlock body = image.GetMethodBody(methods[name].RelativeVirtualAddress);
            string place = $"{name} ({step.Strategy}): {step.Method.Summary[0]}";
            int[] compiled = Written(body.GetILBytes()!);
            int locals = body.LocalSignature.IsNil ? 0 : LocalCount(metadata, body.LocalSignature);
            Assert.True(
                Listing(compiled, IsLocalAccess, false) == Listing(count.Written, IsLocalAccess, false),
                $"{place}\ncompiled  {Listing(compiled, _ => true, true)}\npredicted {Listing(count.Written, _ => true, true)}\n{new CSharpText().Method(unit)}");
            bool isExact = Listing(compiled, _ => true, true) == Listing(count.Written, _ => true, true) && locals == count.Locals;
            tally = new Tally(tally.Methods + 1, tally.Exact + (isExact ? 1 : 0));
            Assert.True(Math.Abs(locals - count.Locals) <= 1, $"{place}: {locals} locals compiled, {count.Locals} predicted");
        }

        return tally;
    }

    /// <summary>Which of two variables with equally long lives stays on the stack is the compiler's secret: only these instructions may differ.</summary>
    private static bool IsLocalAccess(ILOpCode opcode) =>
        opcode is (>= ILOpCode.Ldloc_0 and <= ILOpCode.Stloc_3) or ILOpCode.Ldloc_s or ILOpCode.Stloc_s or ILOpCode.Dup or ILOpCode.Pop;

    private static string Listing(IReadOnlyList<int> written, Func<ILOpCode, bool> which, bool isWanted) =>
        string.Join(' ', written.Select((count, opcode) => (count, opcode)).Where(pair => pair.count > 0 && which((ILOpCode)pair.opcode) == isWanted).Select(pair => $"{IlCount.Mnemonic(pair.opcode)}:{pair.count}"));

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
