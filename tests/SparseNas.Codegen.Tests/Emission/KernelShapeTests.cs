using System.Collections.Immutable;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Emission.Code;
using SparseNas.Codegen.Emission.Kernels;
using SparseNas.Codegen.Emission.Plain;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Testing.Networks;

namespace SparseNas.Codegen.Tests.Emission;

public class KernelShapeTests
{
    public static TheoryData<string> Shapes =>
        [.. All.Select(shape => shape.ToString())];

    private static IEnumerable<KernelShape> All =>
        from lanes in new[] { (DeviceType.Int, 1), (DeviceType.Int, 3), (DeviceType.Long, 8) }
        from form in new[] { SumForm.Products, SumForm.Grouped }
        where form == SumForm.Products || lanes == (DeviceType.Int, 1)
        from inputs in new[] { (Reuse.None, 0), (Reuse.None, 5), (Reuse.Shift, 0), (Reuse.Rotate, 0) }
        from table in new[] { false, true }
        select new KernelShape(lanes.Item1, lanes.Item2, form, inputs.Item1, inputs.Item2, table);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_shape_equals_the_definition_and_the_compilers_il(string name)
    {
        KernelShape shape = All.Single(candidate => candidate.ToString() == name);
        int used = 0;
        IlModelTests.Tally tally = default;
        for (ulong seed = 0; seed < 10 && used < 3; seed++)
        {
            SeededRandom random = new(seed, 0x5A4E);
            QuantizedNetwork network = RandomQuantizedNetworks.Draw(random, RandomQuantization.AllWidths);
            GeneratedModel model = Emit(network, shape, ref used);
            tally += IlModelTests.CompareWithCompiler(model);
            BitExactness.Check(network, model, RandomImages.Draw(network.Graph.Input, 5, random));
        }

        Assert.True(tally.Methods - tally.Exact <= Math.Max(2, tally.Methods / 20), $"only {tally.Exact} of {tally.Methods} methods are predicted exactly");
        Assert.True(used > 0, "no network could be emitted in this shape");
    }

    private static GeneratedModel Emit(QuantizedNetwork network, KernelShape shape, ref int used)
    {
        MemoryPlan plan = MemoryPlanner.Plan(network.Graph);
        EmissionScope scope = new(network, plan);
        List<OperatorCode> steps = [];
        foreach (int index in plan.Order)
        {
            if (steps.Any(step => step.Operators.Contains(index))) continue;
            OperatorSite site = scope.Sites[index];
            OperatorCode? code = site.Operator is QuantizedKernel ? WindowKernel.Of(scope, site, null, shape) : null;
            if (code is { Count.Locals: > 250 }) code = null;
            if (code is not null) used++;
            steps.Add(code ?? PlainCode.Of(site));
        }

        return Emitter.Emit(network, plan, [.. steps], TestHeader.Plain, TestHeader.CortexM4F);
    }
}
