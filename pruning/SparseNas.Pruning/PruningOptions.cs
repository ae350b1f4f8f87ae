using SparseNas.Networks;
using SparseNas.Training;

namespace SparseNas.Pruning;

/// <summary>What is removed together.</summary>
public enum PruningGranularity
{
    /// <summary>Single weights: fewer parameter bytes, the same working memory.</summary>
    Weight,

    /// <summary>
    /// Output channels and features with everything that reads them, coupled through Add and depthwise layers: <see cref="Compaction"/> then
    /// removes them, so bytes, working memory and multiplications shrink.
    /// </summary>
    Channel,
}

/// <summary>How a network is pruned while it trains. The set is closed: one record per method, each with its own strength.</summary>
/// <example><code>
/// PruningOptions options = new MagnitudePruning { Sparsity = 0.8 };
/// TrainedNetwork trained = trainer.Train(..., PruningOptions.HookFor(options, new(architecture, train.Count, seed)));
/// Network small = Compaction.Compact(trained.Network);
/// </code></example>
public abstract record PruningOptions
{
    private protected PruningOptions()
    {
    }

    /// <summary>Nothing is pruned.</summary>
    public static PruningOptions None { get; } = new NoPruning();

    /// <summary>The hook that prunes one training run as <paramref name="options"/> say; null for <see cref="NoPruning"/>. A hook serves one run.</summary>
    /// <param name="options">Method and strength.</param>
    /// <param name="context">What is trained.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static ITrainingHook? HookFor(PruningOptions options, PruningContext context) => options switch
    {
        NoPruning => null,
        MagnitudePruning magnitude => MagnitudeHook.Of(context.Architecture, magnitude),
        BudgetPruning budget => MagnitudeHook.Of(context.Architecture, budget),
        DynamicPruning dynamic => new DynamicHook(context.Architecture, dynamic),
        SparseVariationalDropout dropout => SparseVariational(context, dropout.Variational),
        BayesianCompression bayesian => new BayesianHook(context, bayesian),
        _ => throw new InvalidOperationException($"Pruning method '{options.GetType().Name}' is not handled here; the set is closed in PruningOptions."),
    };

    private static VariationalHook<SparseVariationalKernel> SparseVariational(PruningContext context, VariationalOptions options)
    {
        options.Check();
        return new VariationalHook<SparseVariationalKernel>(context, options, NoiseKind.Weights,
            [.. new PrunedKernels(context.Architecture).All.Select(kernel => new SparseVariationalKernel(kernel, options))]);
    }
}

/// <summary>The training run that a pruning hook serves.</summary>
/// <param name="Architecture">What is trained.</param>
/// <param name="TrainingSamples">Samples in one epoch, at least 1: the Bayesian methods weigh their prior against that much data.</param>
/// <param name="Seed">All noise derives from it.</param>
public sealed record PruningContext(Architecture Architecture, int TrainingSamples, ulong Seed);

/// <summary>Nothing is pruned.</summary>
public sealed record NoPruning : PruningOptions;

/// <summary>Gradual pruning (Zhu and Gupta 2017): the least salient weights or channels go on a cubic schedule and never come back.</summary>
public sealed record MagnitudePruning : PruningOptions
{
    /// <summary>Share of weights (or of removable channels) that is gone at the end, 0 to 1 exclusive.</summary>
    public double Sparsity { get; init; } = 0.5;

    /// <summary>What is removed together.</summary>
    public PruningGranularity Granularity { get; init; }

    /// <summary>When and how often masks change.</summary>
    public PruningSchedule Schedule { get; init; } = new();
}

/// <summary>
/// Dynamic pruning with feedback (Lin et al. 2020): gradients are taken at the pruned weights and applied to dense ones, masks are chosen anew
/// every few steps, so a weight or channel that was pruned too early comes back.
/// </summary>
public sealed record DynamicPruning : PruningOptions
{
    /// <summary>Share of weights (or of removable channels) that is gone at the end, 0 to 1 exclusive.</summary>
    public double Sparsity { get; init; } = 0.5;

    /// <summary>What is removed together.</summary>
    public PruningGranularity Granularity { get; init; }

    /// <summary>
    /// When and how often masks change; often, because a dead weight is pulled at by a gradient that cannot see it move, grows too far and then
    /// displaces a good one (at 90 % a small network lost 1 to 5 points of accuracy with 16 or 64 steps between masks, nothing with 2 or 4).
    /// </summary>
    public PruningSchedule Schedule { get; init; } = new(RefreshSteps: 4);
}

/// <summary>
/// Gradual magnitude pruning towards budgets instead of a rate: channels until the arena fits, single weights until the packed weights fit.
/// Rates per layer follow from where the bytes are.
/// </summary>
public sealed record BudgetPruning : PruningOptions
{
    /// <summary>Planned arena, input included, that the compacted network may take; null without a limit.</summary>
    public int? ArenaBytes { get; init; }

    /// <summary>Packed weights (<see cref="ParameterBytes.Weights"/>) that the compacted network may take; null without a limit.</summary>
    public int? WeightBytes { get; init; }

    /// <summary>Bits per weight after quantisation, 1 to 8.</summary>
    public int WeightBits { get; init; } = 8;

    /// <summary>When and how often masks change.</summary>
    public PruningSchedule Schedule { get; init; } = new(0.1, 0.7, 100);
}

/// <summary>
/// Sparse variational dropout (Molchanov et al. 2017): a log-uniform prior on every weight; removes single weights, as many as the data allows.
/// </summary>
public sealed record SparseVariationalDropout : PruningOptions
{
    /// <summary>Rates, divergence weight, warm-up and threshold.</summary>
    public VariationalOptions Variational { get; init; } = new();
}

/// <summary>What a group's factor is held against.</summary>
public enum GroupPrior
{
    /// <summary>p(z) ∝ 1 / |z| with a normal posterior (Louizos et al. 2017, section 4.1).</summary>
    NormalJeffreys,

    /// <summary>Half-Cauchy scales with a log-normal posterior (section 4.2).</summary>
    Horseshoe,
}

/// <summary>
/// Bayesian compression (Louizos et al. 2017): one multiplicative variable per output channel of a convolution and per input feature of a dense
/// layer; removes whole groups, as many as the data allows.
/// </summary>
public sealed record BayesianCompression : PruningOptions
{
    /// <summary>Rates, divergence weight, warm-up; its threshold is for single weights and not used here.</summary>
    public VariationalOptions Variational { get; init; } = new() { VarianceLearningRate = 3e-2f, StartLogVariance = -9 };

    /// <summary>The groups' prior.</summary>
    public GroupPrior Prior { get; init; }

    /// <summary>
    /// A group whose score passes this is removed. For the normal-Jeffreys prior the score is log α, which stays lower than a weight's, because
    /// one variable answers for many weights: the authors read thresholds of −2.8 to −5 off its histogram. For the horseshoe it is −log of the
    /// mode of z, whose threshold is positive.
    /// </summary>
    public float Threshold { get; init; } = -2.5f;

    /// <summary>τ₀ of the horseshoe prior, positive: the scale that the factors of a whole node are drawn towards.</summary>
    public float GlobalScale { get; init; } = 1e-5f;

    /// <summary>The horseshoe prior with a threshold that suits it.</summary>
    public static BayesianCompression WithHorseshoe { get; } = new() { Prior = GroupPrior.Horseshoe, Threshold = 1.5f };

    internal void Check()
    {
        Variational.Check();
        if (!(GlobalScale > 0 && float.IsFinite(GlobalScale + Threshold)))
        {
            throw new ArgumentOutOfRangeException(nameof(GlobalScale), $"global scale > 0 and a finite threshold must hold, but got {GlobalScale} and {Threshold}");
        }
    }
}

/// <summary>
/// The cubic schedule of Zhu and Gupta 2017: sparsity(t) = final · (1 − (1 − (t − start) / (end − start))³). After the end the mask holds and
/// the surviving weights are fine-tuned.
/// </summary>
/// <param name="Start">Share of all steps at which pruning begins, 0 to 1.</param>
/// <param name="End">Share of all steps at which the final sparsity holds, from <paramref name="Start"/> to 1.</param>
/// <param name="RefreshSteps">Steps between two masks, at least 1.</param>
public sealed record PruningSchedule(double Start = 0.1, double End = 0.7, int RefreshSteps = 16)
{
    /// <summary>The step at which the final mask is set.</summary>
    public int EndStep(int totalSteps) => (int)Math.Ceiling(End * totalSteps);

    /// <summary>Whether masks change after <paramref name="step"/> steps.</summary>
    public bool IsRefresh(int step, int totalSteps)
    {
        int start = (int)(Start * totalSteps), end = EndStep(totalSteps);
        return step == end || (step > start && step < end && (step - start) % RefreshSteps == 0);
    }

    /// <summary>Sparsity after <paramref name="step"/> steps.</summary>
    public double SparsityAt(int step, int totalSteps, double final)
    {
        double start = Math.Floor(Start * totalSteps), end = EndStep(totalSteps);
        if (step >= end) return final;
        double remaining = 1 - Math.Clamp((step - start) / (end - start), 0, 1);
        return final * (1 - (remaining * remaining * remaining));
    }

    internal void Check(double sparsity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(RefreshSteps, 1);
        if (!(sparsity is >= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(sparsity), sparsity, "0 <= sparsity < 1 must hold");
        if (!(Start >= 0 && Start <= End && End <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(Start), $"0 <= start <= end <= 1 must hold, but got start {Start}, end {End}");
        }
    }
}
