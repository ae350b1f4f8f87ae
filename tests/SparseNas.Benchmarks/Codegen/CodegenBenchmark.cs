using SparseNas.Boards;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Codegen.Emission.Strategies;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Testing.Networks;

namespace SparseNas.Benchmarks.Codegen;

/// <summary>
/// Cycles per multiply-accumulate of generated code: all steps' cycles over the non-zero multiply-accumulates, for six networks, every strategy alone
/// and the chooser's picks. Cycles are the cost model's, which tests hold to the simulator's. Option: <c>--costs NAME</c> (default cortex-m4f-lto).
/// </summary>
internal static class CodegenBenchmark
{
    private const ulong Seed = 11;

    private static readonly IEmissionStrategy[] Helpers = [new PlainLoops(), new UnrolledPooling(), new UnrolledGather(), new Elementwise()];

    public static void Run(string[] args)
    {
        string table = args.SkipWhile(arg => arg != "--costs").Skip(1).FirstOrDefault("cortex-m4f-lto");
        CostTable costs = BoardCatalog.Default.FindCostTable(table);
        Console.WriteLine($"cycles per non-zero MAC, cost table {costs.Title}; 8-bit weights and activations unless named otherwise");
        Console.WriteLine($"{"",-22}{string.Concat(SixNetworks.All.Select(net => $"{net.Name,12}"))}{"geo mean",12}");
        Row("plain loops", 8, network => CodeChoice.Make(network, EmissionGoal.Plain, costs, EmissionBudget.Unlimited));
        foreach ((string name, IEmissionStrategy strategy) in Alone())
        {
            Row(name, 8, network => Alone(network, strategy, costs));
        }

        foreach (EmissionGoal goal in new[] { EmissionGoal.Small, EmissionGoal.Auto, EmissionGoal.Fast }) Picked(goal, 8);
        foreach (int bits in WeightWidth.All.Where(bits => bits < 8)) Picked(EmissionGoal.Auto, bits);
        foreach (int bits in new[] { 8, 4 }) Row($"score, {bits}-bit weights", bits, network => CodeChoice.Knee(network, costs, EmissionBudget.Unlimited));

        void Picked(EmissionGoal goal, int bits) => Row(
            $"{goal.ToString().ToLowerInvariant()}{(bits == 8 ? "" : $", {WeightWidth.Describe(bits)} weights")}", bits,
            network => CodeChoice.Make(network, goal, costs, EmissionBudget.Unlimited));

        void Row(string name, int bits, Func<QuantizedNetwork, CodeChoice> choose)
        {
            double[] figures = [.. SixNetworks.All.Select(net => choose(Drawn(net, bits)).Cost.CyclesPerMac)];
            double mean = Math.Exp(figures.Average(Math.Log));
            Console.WriteLine($"{name,-22}{string.Concat(figures.Select(figure => $"{figure,12:0}"))}{mean,12:0}");
        }
    }

    private static IEnumerable<(string Name, IEmissionStrategy Strategy)> Alone() =>
    [
        ("hoisted tables", new HoistedTables()),
        ("immediates", new Immediates()),
        ("grouped taps", new GroupedTaps()),
        ("int lanes", new PackedIntLanes()),
        ("long lanes", new PackedLanes()),
        ("direct depthwise", new DirectDepthwise()),
    ];

    private static CodeChoice Alone(QuantizedNetwork network, IEmissionStrategy strategy, CostTable costs)
    {
        MemoryPlan plan = MemoryPlanner.Plan(network.Graph);
        return CodeChoice.Of(
            network, plan, StrategyChooser.Choose(network, plan, EmissionGoal.Fast, costs, EmissionBudget.Unlimited, [.. Helpers, strategy]), costs);
    }

    private static QuantizedNetwork Drawn(Architecture architecture, int bits) => RandomQuantizedNetworks.Draw(
        architecture, new SeededRandom(Seed), new RandomQuantization { WeightBits = [bits], MultiplierBits = [15] });
}
