using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Pruning;

/// <summary>
/// Masks that meet budgets: channels go until the planned arena fits, each time the group with the least saliency for each byte that it takes
/// from the steps that are over the budget; then single weights go by layer-adaptive magnitude until the packed weights fit. Where the bitmaps
/// alone would take more than half of the weight budget, more channels go first. Sparsity here is progress: 0 is the network as it is, 1 the
/// budgets, and between them the budgets are interpolated.
/// </summary>
internal sealed class BudgetSelector : IMaskSelector
{
    private readonly Architecture architecture;
    private readonly BudgetPruning options;
    private readonly ChannelMasks masks;
    private readonly int[] loneNorms;
    private readonly int gatherBytes;
    private readonly int initialArenaBytes;
    private readonly WeightSelector weightSelector = new();

    public BudgetSelector(Architecture architecture, BudgetPruning options)
    {
        this.architecture = architecture;
        this.options = options;
        masks = new ChannelMasks(architecture);
        loneNorms = [.. OperatorGraph.From(architecture).Operators.Select(op => op.NodeIndex).Where(node => architecture.Nodes[node].Layer is BatchNorm)];
        gatherBytes = Enumerable.Range(0, architecture.Nodes.Length).Sum(node => architecture.Nodes[node].Layer is Gather gather
            ? ParameterBytes.Selection(architecture.InputOf(node).Elements, gather.Indices.Length) : 0);
        initialArenaBytes = Arena(architecture);
        int[] narrowest = Narrowest();
        int leastArena = Arena(ChannelCounts.Narrow(architecture, narrowest)), leastWeights = 2 * BitmapBytes(narrowest);
        if (options.ArenaBytes < leastArena) throw Impossible("arena", leastArena, options.ArenaBytes.Value);
        if (options.WeightBytes < leastWeights) throw Impossible("weight", leastWeights, options.WeightBytes.Value);
    }

    public void Select(IReadOnlyList<PrunedKernel> kernels, double progress)
    {
        foreach (PrunedKernel kernel in kernels) kernel.Mask.AsSpan().Fill(true);
        int[] all = [.. Enumerable.Range(0, architecture.Nodes.Length).Select(node => architecture.OutputOf(node).Channels)];
        int arenaBudget = Interpolate(initialArenaBytes, options.ArenaBytes, progress);
        int weightBudget = Interpolate(WeightBytes(kernels, all), options.WeightBytes, progress);
        int aim = arenaBudget;
        while (true)
        {
            int[] living = FitChannels(kernels, all, aim, weightBudget);
            FitWeights(kernels, living, weightBudget);
            int excess = options.ArenaBytes is null ? 0 : CompactedArena(kernels) - arenaBudget;
            if (excess <= 0 || masks.Groups.All(group => group.Any(member => living[member.Node] == 1))) return;
            aim -= excess;   // what compaction removes besides can keep a row plan from forming
            foreach (PrunedKernel kernel in kernels) kernel.Mask.AsSpan().Fill(true);
        }
    }

    /// <summary>The arena once the masks are applied and what they killed has left the architecture.</summary>
    private int CompactedArena(IReadOnlyList<PrunedKernel> kernels)
    {
        Dictionary<int, PrunedKernel> byNode = kernels.ToDictionary(kernel => kernel.Node);
        LayerWeights?[] layers = [.. Enumerable.Range(0, architecture.Nodes.Length).Select(node => (LayerWeights?)(
            byNode.TryGetValue(node, out PrunedKernel? kernel)
                ? new KernelWeights([.. kernel.Mask.Select(alive => alive ? 1f : 0f)], Ones(ParameterCount.Of(architecture, node).Biases), [])
            : architecture.Nodes[node].Layer is BatchNorm ? Norm(architecture.OutputOf(node).Channels) : null))];
        return Arena(Compaction.Narrow(new Network(architecture, [.. layers])).Architecture);
    }

    private static BatchNormWeights Norm(int channels) => new(Ones(channels), Ones(channels), Ones(channels), Ones(channels));

    private static ImmutableArray<float> Ones(int count) => [.. Enumerable.Repeat(1f, count)];

    private static int Interpolate(int from, int? to, double progress) =>
        to is { } target && target < from ? (int)Math.Ceiling(from + ((target - from) * progress)) : from;

    /// <summary>Kills channels until the arena fits and the bitmaps leave half of the weight budget.</summary>
    /// <returns>Living channels of every node.</returns>
    private int[] FitChannels(IReadOnlyList<PrunedKernel> kernels, int[] widths, int arenaBytes, int weightBytes)
    {
        int[] living = [.. widths];
        double[] saliency = ChannelSaliency.Of(architecture, masks.Groups, kernels);
        HashSet<int> candidates = [.. Enumerable.Range(0, masks.Groups.Length)];
        while (true)
        {
            OperatorGraph graph = OperatorGraph.From(ChannelCounts.Narrow(architecture, living));
            MemoryPlan plan = MemoryPlanner.Plan(graph);
            bool arenaFits = plan.ArenaBytes <= arenaBytes;
            candidates.RemoveWhere(group => masks.Groups[group].Any(member => living[member.Node] == 1));
            if ((arenaFits && 2 * BitmapBytes(living) <= weightBytes) || candidates.Count == 0) return living;
            long[] pressure = arenaFits ? WeightsPerChannel(graph.Architecture) : Pressure(graph, plan, arenaBytes);
            int worst = candidates.MinBy(group => saliency[group] / Math.Max(masks.Groups[group].Sum(member => pressure[member.Node]), 1e-3));
            candidates.Remove(worst);
            foreach (ChannelRef member in masks.Groups[worst]) living[member.Node]--;
            masks.Kill(worst, kernels);
        }
    }

    private static long[] WeightsPerChannel(Architecture net) =>
        [.. Enumerable.Range(0, net.Nodes.Length).Select(node => (long)(KernelLayout.Of(net, node)?.RowLength ?? 0))];

    /// <summary>Bytes that one channel of each node's output takes, times the steps over the budget at which it lives; of rows, those that are held.</summary>
    private static long[] Pressure(OperatorGraph graph, MemoryPlan plan, int arenaBytes)
    {
        PlannedBuffer[] buffers = [.. plan.Buffers, .. plan.RowBuffers];
        long[] living = [.. Enumerable.Range(0, graph.Operators.Length)
            .Select(step => buffers.Where(buffer => buffer.FirstStep <= step && step <= buffer.LastStep).Sum(buffer => (long)buffer.SizeBytes))];
        long limit = Math.Min(arenaBytes, living.Max() - 1);
        var pressure = new long[graph.Architecture.Nodes.Length];
        foreach (PlannedBuffer buffer in buffers.Where(buffer => buffer.Tensor >= 0))
        {
            int steps = Enumerable.Range(0, living.Length).Count(step => buffer.FirstStep <= step && step <= buffer.LastStep && living[step] > limit);
            Operator op = graph.Operators[buffer.Tensor];
            pressure[op.NodeIndex] += (long)steps * buffer.SizeBytes / op.Output.Channels;
        }

        return pressure;
    }

    /// <summary>The smallest sparsity, to a thousandth, whose surviving weights fit.</summary>
    private void FitWeights(IReadOnlyList<PrunedKernel> kernels, int[] living, int budgetBytes)
    {
        if (WeightBytes(kernels, living) <= budgetBytes) return;
        PrunedKernel[] trials = [.. kernels.Select(kernel => new PrunedKernel(kernel.Node, kernel.Mask.Length))];
        for (int at = 0; at < trials.Length; at++)
        {
            kernels[at].Weights.CopyTo(trials[at].Weights, 0);
            kernels[at].ApplyMask(trials[at].Weights);
        }

        int low = 0, high = 1000;   // high always fits: everything but round-off is gone
        while (low + 1 < high)
        {
            int middle = (low + high) / 2;
            weightSelector.Select(trials, middle / 1000.0);
            if (WeightBytes(trials, living) <= budgetBytes) high = middle;
            else low = middle;
        }

        weightSelector.Select(trials, high / 1000.0);
        for (int at = 0; at < trials.Length; at++)
        {
            for (int index = 0; index < trials[at].Mask.Length; index++) kernels[at].Mask[index] &= trials[at].Mask[index];
        }
    }

    /// <summary>
    /// Packed bytes of the weights whose mask is true, of gathers and of batch norms that no kernel absorbs, in layers as wide as <paramref name="living"/>
    /// says; compaction may find less.
    /// </summary>
    private int WeightBytes(IReadOnlyList<PrunedKernel> kernels, int[] living)
    {
        int norms = loneNorms.Sum(node => ParameterBytes.Weights(living[node], living[node], options.WeightBits));
        return gatherBytes + norms + kernels.Sum(kernel =>
            ParameterBytes.Weights(CountOf(kernel.Node, living), kernel.Mask.Count(alive => alive), options.WeightBits));
    }

    /// <summary>Bytes that remain when every weight but those of lone batch norms is dead: bitmaps, and the indices of gathers.</summary>
    private int BitmapBytes(int[] living) => gatherBytes + Enumerable.Range(0, living.Length).Sum(node =>
        loneNorms.Contains(node) ? ParameterBytes.Weights(living[node], living[node], options.WeightBits)
        : KernelLayout.Of(architecture, node) is null ? 0 : ParameterBytes.Weights(CountOf(node, living), 0, options.WeightBits));

    private int CountOf(int node, int[] living)
    {
        KernelLayout layout = KernelLayout.Of(architecture, node)!.Value;
        if (layout.IsDepthwise) return living[node] * layout.RowLength;
        int source = architecture.Nodes[node].Inputs[0];
        return living[node] * (layout.RowLength / layout.InputChannels) * (source == Architecture.InputIndex ? layout.InputChannels : living[source]);
    }

    private int[] Narrowest()
    {
        int[] living = [.. Enumerable.Range(0, architecture.Nodes.Length).Select(node => architecture.OutputOf(node).Channels)];
        foreach (var group in masks.Groups)
        {
            if (group.Any(member => living[member.Node] == 1)) continue;
            foreach (ChannelRef member in group) living[member.Node]--;
        }

        return living;
    }

    private static int Arena(Architecture architecture) => MemoryPlanner.Plan(OperatorGraph.From(architecture)).ArenaBytes;

    private ArgumentOutOfRangeException Impossible(string what, int least, int got) => new(nameof(options),
        $"{what} budget >= {least} bytes must hold, which '{architecture.Name}' needs with one channel in every tensor, but got {got}");
}
