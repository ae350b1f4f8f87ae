using SparseNas.Codegen.Emission.Code;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Plain;

/// <summary>Two inputs side by side, pixel by pixel: the channels of the first, then those of the second.</summary>
internal static class PlainConcat
{
    /// <summary>The code of the concatenation at <paramref name="site"/>.</summary>
    public static OperatorCode Of(OperatorSite site) =>
        new("plain", [site.Index], new Method(site.MethodName, StepComment.Of(site, "plain loops"), Block.Of(Loops(site, OperatorSite.Arena))), []);

    /// <summary>
    /// The loops over an array expression for the arena. An input of one pixel that lies where it belongs and keeps its codes costs nothing.
    /// </summary>
    public static Statement Loops(OperatorSite site, Expression arena)
    {
        var op = (QuantizedConcat)site.Operator;
        int pixels = site.Output.Height * site.Output.Width, firstChannels = site.Input.Channels;
        return For.Times("pixel", pixels, pixel =>
        [
            .. Part(0, firstChannels, 0, pixel),
            .. Part(1, site.Output.Channels - firstChannels, firstChannels, pixel),
        ]);

        IEnumerable<Statement> Part(int which, int channels, int firstOutput, Expression pixel)
        {
            TensorFormat format = site.Network.FormatOf(op.Operator.Inputs[which]);
            bool keepsCodes = op.Copies(which) && op.Minimum == 0 && format.Maximum <= op.Maximum;
            if (keepsCodes && pixels == 1 && site.InputOffset(which) == site.Plan.Of(site.Index).OffsetBytes + firstOutput) return [];
            Variable code = Variable.Value(which == 0 ? "first" : "second");
            return [For.Times(which == 0 ? "channel" : "other", channels, channel =>
            {
                Expression value = new Element(arena, (pixel * channels) + channel + site.InputOffset(which));
                Expression target = (pixel * site.Output.Channels) + channel + (site.OutputOffset + firstOutput);
                if (keepsCodes) return [new Store(arena, target, value)];
                return
                [
                    new Declare(code, op.Copies(which) ? value : Scaled(op, which, value)),
                    PlainOutput.Clamp(code, Comparison.Less, op.Minimum, BranchLikelihood.BelowMinimum(site)),
                    PlainOutput.Clamp(code, Comparison.Greater, op.Maximum, BranchLikelihood.AboveMaximum),
                    new Store(arena, target, code),
                ];
            })];
        }
    }

    /// <summary>((x − zx)·M + rounding) &gt;&gt; shift, plus the zero point; the zero point's share is one constant.</summary>
    private static Expression Scaled(QuantizedConcat op, int which, Expression x)
    {
        (int zeroPoint, int multiplier) = op.Scaling(which);
        return (((x * multiplier) + ((1 << (op.Shift - 1)) - (zeroPoint * multiplier))) >> op.Shift) + op.Output.ZeroPoint;
    }
}
