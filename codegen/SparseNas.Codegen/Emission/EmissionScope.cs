using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Quantization.Arithmetic;

namespace SparseNas.Codegen.Emission;

/// <summary>What the operators of a model share while code is made for them: their sites and the clamp tables that they may look codes up in.</summary>
/// <example><code>
/// var scope = new EmissionScope(network, plan);
/// OperatorSite first = scope.Sites[0];
/// ClampTable? table = scope.ClampTableOf(first);
/// </code></example>
public sealed class EmissionScope
{
    /// <summary>Entries above which a clamp table costs more heap than it is worth; operators that need more compare instead.</summary>
    private const int LargestTable = 4096;

    private readonly Dictionary<(int Minimum, int Maximum), ClampTable> clampTables = [];

    /// <summary>A scope for all operators of <paramref name="network"/>.</summary>
    public EmissionScope(QuantizedNetwork network, MemoryPlan plan)
    {
        Network = network;
        Plan = plan;
        Sites = [.. Enumerable.Range(0, network.Operators.Length).Select(index => new OperatorSite(network, plan, index))];
        foreach (OperatorSite site in Sites.Where(site => site.Requantization is not null)) Widen(site);
    }

    /// <summary>The network.</summary>
    public QuantizedNetwork Network { get; }

    /// <summary>Its memory plan.</summary>
    public MemoryPlan Plan { get; }

    /// <summary>One per operator.</summary>
    public ImmutableArray<OperatorSite> Sites { get; }

    /// <summary>The table for an operator's codes; null when it does not requantise in 32 bits, needs no clamping, or needs too large a table.</summary>
    public ClampTable? ClampTableOf(OperatorSite site) =>
        site.Requantization is { } r && Reach(site) is { } reach && NeedsClamp(r, reach) && IsSmall(r, reach)
            ? clampTables.GetValueOrDefault((r.Minimum, r.Maximum)) : null;

    private void Widen(OperatorSite site)
    {
        Requantization r = site.Requantization!;
        if (Reach(site) is not { } reach || !NeedsClamp(r, reach) || !IsSmall(r, reach)) return;
        ClampTable old = clampTables.GetValueOrDefault((r.Minimum, r.Maximum)) ?? new ClampTable(r.Minimum, r.Maximum, 0, 0);
        clampTables[(r.Minimum, r.Maximum)] = old with
        {
            Below = (int)Math.Max(old.Below, -Math.Min(reach.Lowest, 0)),
            Above = (int)Math.Max(old.Above, reach.Highest - r.Maximum),
        };
    }

    private static bool NeedsClamp(Requantization r, (long Lowest, long Highest) reach) => reach.Lowest < r.Minimum || reach.Highest > r.Maximum;

    private static bool IsSmall(Requantization r, (long Lowest, long Highest) reach) =>
        Math.Max(reach.Highest, r.Maximum) - Math.Min(reach.Lowest, 0) < LargestTable;

    /// <summary>Lowest and highest quotient of any channel; null when a channel does not requantise in 32 bits.</summary>
    private static (long Lowest, long Highest)? Reach(OperatorSite site)
    {
        long lowest = 0, highest = 0;
        for (int channel = 0; channel < site.Output.Channels; channel++)
        {
            if (site.RatioOf(channel) is not { } ratio) return null;
            (long low, long high) = ratio.Quotients(site.BoundOf(channel));
            lowest = Math.Min(lowest, low - 1);
            highest = Math.Max(highest, high);
        }

        return (lowest, highest);
    }
}
