using System.Collections.Immutable;
using System.Text.Json.Serialization;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>What happens to the input before the first block.</summary>
/// <param name="IsGrey">Colours are reduced to luma.</param>
/// <param name="DownsampleFactor">Blocks of this extent are averaged; 1 for none.</param>
public readonly record struct InputStage(bool IsGrey, int DownsampleFactor);

/// <summary>From the last block to the logits.</summary>
/// <param name="HasGlobalPooling">Each channel is averaged over the image first.</param>
/// <param name="HiddenFeatures">Features of a dense layer with ReLU before the logits; 0 for none.</param>
/// <param name="GatherShare">Share of the image's values that the first dense layer reads, above 0 to 1; 1 behind global pooling.</param>
/// <param name="WeightBits">Bits per weight of its dense layers: 8, 4, 3 or 2.</param>
[method: JsonConstructor]
public readonly record struct Head(bool HasGlobalPooling, int HiddenFeatures, double GatherShare = 1, int WeightBits = 8)
{
    /// <summary>Name of the node that reads the image's values or means.</summary>
    [JsonIgnore]
    public string FirstDense => HiddenFeatures > 0 ? NodeNames.Hidden : NodeNames.Logits;

    /// <summary>Values that the first dense layer reads of <paramref name="features"/>.</summary>
    public int Gathered(int features) => GatherShare >= 1 ? features : Math.Max(1, (int)Math.Ceiling((features * GatherShare) - 1e-9));
}

/// <summary>
/// A point of a search space: the choices from which an architecture follows. Morphisms change blueprints; node names derive from block
/// identities, so parent and child architectures correspond by name.
/// </summary>
/// <param name="Input">Input stage.</param>
/// <param name="Blocks">Blocks in order; may be empty.</param>
/// <param name="Head">Head.</param>
public sealed record Blueprint(InputStage Input, ImmutableArray<Block> Blocks, Head Head)
{
    /// <summary>The smallest identity that no block has yet.</summary>
    [JsonIgnore]
    public int NextId => Blocks.IsEmpty ? 1 : Blocks.Max(block => block.Id) + 1;

    /// <summary>The architecture for an input shape and a number of classes.</summary>
    /// <exception cref="ArchitectureException">The choices do not fit the input.</exception>
    public Architecture ToArchitecture(string name, Shape input, int classes) => new BlueprintAssembler(input).Assemble(name, this, classes);

    /// <summary>The same choices with only a share of the channels of every block, rounded up.</summary>
    /// <param name="share">Above 0 to 1.</param>
    public Blueprint WithShareOfChannels(double share) =>
        WithChannels(channels => Math.Max(1, (int)Math.Ceiling((channels * share) - 1e-9)));

    /// <summary>The same choices with other numbers of channels.</summary>
    /// <param name="channels">From old to new channels of a block.</param>
    /// <param name="inner">The same for channels inside a block; null for the same rule.</param>
    public Blueprint WithChannels(Func<int, int> channels, Func<int, int>? inner = null)
    {
        inner ??= channels;
        return this with
        {
            Blocks = [.. Blocks.Select(block => block switch
            {
                DownsampledBlock b => b with { Channels = channels(b.Channels), InnerChannels = inner(b.InnerChannels) },
                ParallelBlock b => b with { Channels = channels(b.Channels), SideChannels = b.Join == JoinKind.Concat ? inner(b.SideChannels) : 0 },
                WideBlock b => b with { Channels = channels(b.Channels) },
                ResidualBlock b => b with { InnerChannels = inner(b.InnerChannels) },
                _ => block,
            })],
        };
    }

    /// <summary>Bits per weight of each block in order, then of the head.</summary>
    [JsonIgnore]
    public IEnumerable<int> WeightBits => Blocks.Select(block => block.WeightBits).Append(Head.WeightBits);

    /// <summary>The same choices with other bits per weight.</summary>
    /// <param name="draw">Asked for each block in order, then for the head.</param>
    public Blueprint WithWeightBits(Func<int> draw)
    {
        ImmutableArray<Block> blocks = [.. Blocks.Select(block => block with { WeightBits = draw() })];
        return this with { Blocks = blocks, Head = Head with { WeightBits = draw() } };
    }

    /// <summary>Bits per weight of the architecture's node <paramref name="node"/>, by its name.</summary>
    public int WeightBitsOf(string node) =>
        Blocks.FirstOrDefault(block => node.StartsWith(NodeNames.Of(block.Id, ""), StringComparison.Ordinal))?.WeightBits ?? Head.WeightBits;

    /// <inheritdoc/>
    public bool Equals(Blueprint? other) =>
        other is not null && Input == other.Input && Head == other.Head && Blocks.AsSpan().SequenceEqual(other.Blocks.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Input);
        hash.Add(Head);
        foreach (Block block in Blocks) hash.Add(block);
        return hash.ToHashCode();
    }

    /// <summary>The choices in one line: <see cref="BlueprintText"/>.</summary>
    public override string ToString() => BlueprintText.Write(this);
}
