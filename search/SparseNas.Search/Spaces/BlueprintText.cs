using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>
/// Blueprints as one line that people read and write: <c>grey | down2 | conv3x8/2 valid bn max2 | gap hidden16</c>. Parts are separated by bars: the input stage,
/// the blocks, the head. A block is <c>conv</c>, <c>sep</c>, <c>reduceRconv</c>, <c>dw</c> or <c>res</c> with kernel and channels, or two branches: <c>sum3x8,1</c> adds a 1x1
/// branch, <c>cat3x8,1x4</c> puts one of 4 channels beside. Then stride, padding, batch norm, pooling and bits per weight where they are not the usual ones
/// (1, same, none, none, 8). A head is <c>gap</c> or <c>flat</c>, then <c>gather0.25</c> for the share of values it reads, hidden features and bits.
/// </summary>
public static partial class BlueprintText
{
    /// <summary>Writes a blueprint; identities of blocks are not written.</summary>
    public static string Write(Blueprint blueprint)
    {
        string input = (blueprint.Input.IsGrey ? "grey | " : "") + (blueprint.Input.DownsampleFactor > 1 ? $"down{blueprint.Input.DownsampleFactor} | " : "");
        Head h = blueprint.Head;
        string gather = h.GatherShare < 1 ? string.Create(CultureInfo.InvariantCulture, $" gather{h.GatherShare:R}") : "";
        string head = (h.HasGlobalPooling ? "gap" : "flat") + gather + (h.HiddenFeatures > 0 ? $" hidden{h.HiddenFeatures}" : "") + Bits(h.WeightBits);
        return $"{input}{string.Concat(blueprint.Blocks.Select(block => Write(block) + " | "))}{head}";
    }

    /// <summary>Reads a blueprint; blocks are numbered from 1. The problem instead, when the text is none.</summary>
    public static (Blueprint? Blueprint, string? Problem) Read(string text)
    {
        List<string> parts = [.. text.Split('|', StringSplitOptions.TrimEntries)];
        bool isGrey = Take(parts, part => part == "grey") is not null;
        int factor = Take(parts, part => part.StartsWith("down", StringComparison.Ordinal)) is { } down && int.TryParse(down.AsSpan(4), out int number) ? number : 1;
        if (parts.Count == 0 || HeadPattern().Match(parts[^1]) is not { Success: true } head) return (null, "the last part must be the head: 'gap', 'flat' or 'flat gather0.5', with 'hiddenN' behind it or not");

        var blocks = ImmutableArray.CreateBuilder<Block>();
        foreach (string part in parts.SkipLast(1))
        {
            if (ReadBlock(part, blocks.Count + 1) is not { } block) return (null, $"'{part}' is no block, such as 'conv3x8/2 bn max2', 'sep5x12 valid', 'reduce4conv3x8', 'dw3', 'res3x4', 'sum3x8,1' or 'cat3x8,1x4'");
            blocks.Add(block);
        }

        return (new Blueprint(new InputStage(isGrey, factor), blocks.ToImmutable(), ReadHead(head)), null);
    }

    private static string Write(Block block)
    {
        string core = block switch
        {
            ConvBlock b => $"conv{b.Kernel}x{b.Channels}",
            SeparableBlock b => $"sep{b.Kernel}x{b.Channels}",
            DownsampledBlock b => $"reduce{b.InnerChannels}conv{b.Kernel}x{b.Channels}",
            DepthwiseBlock b => $"dw{b.Kernel}",
            ResidualBlock b => $"res{b.Kernel}x{b.InnerChannels}",
            ParallelBlock { Join: JoinKind.Add } b => $"sum{b.Kernel}x{b.Channels},{b.SideKernel}",
            ParallelBlock b => $"cat{b.Kernel}x{b.Channels},{b.SideKernel}x{b.SideChannels}",
            _ => throw UnknownBlock.Of(block),
        };
        (int stride, Padding padding) = block.Sliding;
        string pool = block.Pooling.Kind switch { PoolKind.None => "", PoolKind.Max => $" max{block.Pooling.Size}", _ => $" avg{block.Pooling.Size}" };
        return $"{core}{(stride > 1 ? $"/{stride}" : "")}{(padding == Padding.Valid ? " valid" : "")}{(block.HasBatchNorm ? " bn" : "")}{pool}{Bits(block.WeightBits)}";
    }

    private static string Bits(int bits) => bits == 8 ? "" : $" {bits}bit";

    private static Head ReadHead(Match match)
    {
        double share = match.Groups["gather"].Success ? double.Parse(match.Groups["gather"].ValueSpan, CultureInfo.InvariantCulture) : 1;
        return new Head(match.Groups["kind"].Value == "gap", Number(match, "hidden") ?? 0, share, Number(match, "bits") ?? 8);
    }

    private static Block? ReadBlock(string text, int id)
    {
        if (BlockPattern().Match(text) is not { Success: true } match) return null;
        int kernel = Number(match, "kernel")!.Value, stride = Number(match, "stride") ?? 1;
        Padding padding = match.Groups["valid"].Success ? Padding.Valid : Padding.Same;
        bool norm = match.Groups["bn"].Success;
        Pooling pooling = match.Groups["pool"].Success
            ? new Pooling(match.Groups["pool"].Value == "max" ? PoolKind.Max : PoolKind.Average, Number(match, "size")!.Value)
            : Pooling.None;
        Block? block = (match.Groups["kind"].Value, Number(match, "channels")) switch
        {
            ("sum", { } channels) when Number(match, "sideKernel") is { } side && !match.Groups["sideChannels"].Success && padding == Padding.Same =>
                new ParallelBlock(id, channels, 0, kernel, side, JoinKind.Add, stride, norm, pooling),
            ("cat", { } channels) when Number(match, "sideKernel") is { } side && Number(match, "sideChannels") is { } beside && padding == Padding.Same =>
                new ParallelBlock(id, channels, beside, kernel, side, JoinKind.Concat, stride, norm, pooling),
            _ when match.Groups["sideKernel"].Success => null,
            ("conv", { } channels) => new ConvBlock(id, channels, kernel, stride, padding, norm, pooling),
            ("sep", { } channels) => new SeparableBlock(id, channels, kernel, stride, padding, norm, pooling),
            ("dw", null) => new DepthwiseBlock(id, kernel, stride, padding, norm, pooling),
            ("res", { } inner) when stride == 1 && padding == Padding.Same => new ResidualBlock(id, inner, kernel, norm, pooling),
            (_, { } channels) when Number(match, "inner") is { } inner => new DownsampledBlock(id, inner, channels, kernel, stride, padding, norm, pooling),
            _ => null,
        };
        return block is null ? null : block with { WeightBits = Number(match, "bits") ?? 8 };
    }

    private static string? Take(List<string> parts, Func<string, bool> isMeant)
    {
        if (parts.Count == 0 || !isMeant(parts[0])) return null;
        string part = parts[0];
        parts.RemoveAt(0);
        return part;
    }

    private static int? Number(Match match, string group) =>
        match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(
        @"^(?<kind>conv|sep|dw|res|sum|cat|reduce(?<inner>\d{1,4})conv)(?<kernel>\d)(x(?<channels>\d{1,4}))?(,(?<sideKernel>\d)(x(?<sideChannels>\d{1,4}))?)?"
        + @"(/(?<stride>\d))?(?<valid> valid)?(?<bn> bn)?( (?<pool>max|avg)(?<size>\d))?( (?<bits>\d)bit)?$",
        RegexOptions.ExplicitCapture)]
    private static partial Regex BlockPattern();

    [GeneratedRegex(@"^((?<kind>gap)|(?<kind>flat)( gather(?<gather>0\.\d{1,15}))?)( hidden(?<hidden>\d{1,4}))?( (?<bits>\d)bit)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex HeadPattern();
}
