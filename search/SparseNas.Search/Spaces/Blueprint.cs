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
public readonly record struct Head(bool HasGlobalPooling, int HiddenFeatures);

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
    public Blueprint WithShareOfChannels(double share)
    {
        int Scaled(int channels) => Math.Max(1, (int)Math.Ceiling((channels * share) - 1e-9));
        return this with
        {
            Blocks = [.. Blocks.Select(block => block switch
            {
                DownsampledBlock b => b with { Channels = Scaled(b.Channels), InnerChannels = Scaled(b.InnerChannels) },
                WideBlock b => b with { Channels = Scaled(b.Channels) },
                ResidualBlock b => b with { InnerChannels = Scaled(b.InnerChannels) },
                _ => block,
            })],
        };
    }

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
