using SparseNas.Codegen.Emission.Code;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Plain;

/// <summary>Operators without weights as nested loops: maximum and mean of a window, sum of two inputs, luma, ReLU.</summary>
internal static class PlainPooling
{
    /// <summary>The code of the operator at <paramref name="site"/>.</summary>
    public static OperatorCode Of(OperatorSite site)
    {
        Shape shape = site.Output;
        if (site.Accumulates) return new OperatorCode("plain", [site.Index], new Method(site.MethodName, StepComment.Of(site, "plain loops"), RowSums(site)), []) { Runs = site.Runs };
        Statement loops = For.Times("row", shape.Height, row =>
            [For.Times("column", shape.Width, column =>
                [For.Times("channel", shape.Channels, channel => site.Operator switch
                {
                    QuantizedMaxPool op => Maximum(site, op, row, column, channel),
                    QuantizedMean op => Mean(site, op, row, column, channel),
                    QuantizedAdd op => Sum(site, op, row, column, channel),
                    QuantizedGreyscale op => Luma(site, op, row, column),
                    QuantizedRelu op => Relu(site, op, row, column, channel),
                    _ => throw new InvalidOperationException($"{site.Place}: '{site.Operator.GetType().Name}' is not emitted here; the set is closed in QuantizedOperator."),
                })])]);
        return new OperatorCode("plain", [site.Index], new Method(site.MethodName, StepComment.Of(site, "plain loops"), Block.Of(loops)), []) { Runs = site.Runs };
    }

    /// <summary>A global average over one row of its input: adds to the sums.</summary>
    private static Block RowSums(OperatorSite site)
    {
        return Block.Of(MeanSums.Of(
            site, OperatorSite.Arena, body => For.Times("channel", site.Output.Channels, body),
            (sum, channel) => [For.Times("column", site.Input.Width, column =>
                [new Assign(sum, sum + site.Code(OperatorSite.Arena, column * site.InputPixelBytes, channel, site.InputOffset()))])]));
    }

    private static IEnumerable<Statement> Maximum(OperatorSite site, QuantizedMaxPool op, Expression row, Expression column, Expression channel)
    {
        Variable largest = Variable.Value("largest"), value = Variable.Value("value");
        yield return new Declare(largest, op.Operator.HasRelu ? op.Output.ZeroPoint : 0);
        int count = site.Windows.Rows.Kernel * site.Windows.Columns.Kernel;
        double likelihood = Enumerable.Range(0, count).Sum(BranchLikelihood.BeatsEarlier) / count;
        yield return OverWindow(site, row, column, channel, code =>
        [
            new Declare(value, code),
            new If(new Condition(value, Comparison.Greater, largest), Block.Of(new Assign(largest, value)), null, likelihood),
        ]);
        yield return site.Store(OperatorSite.Arena, OutputPixel(site, row, column), channel, largest);
    }

    private static IEnumerable<Statement> Mean(OperatorSite site, QuantizedMean op, Expression row, Expression column, Expression channel)
    {
        Variable sum = Variable.Value("sum");
        int count = site.Windows.Rows.Kernel * site.Windows.Columns.Kernel;
        Expression total = sum;
        if (count == 1 && op.Requantization is not null)
        {
            total = Input(site, 0, row * site.Windows.Rows.Stride, column * site.Windows.Columns.Stride, channel) - op.InputZeroPoint;
        }
        else
        {
            yield return new Declare(sum, -count * op.InputZeroPoint);
            yield return OverWindow(site, row, column, channel, code => [new Assign(sum, sum + code)]);
        }

        IEnumerable<Statement> result = op.Requantization is { } requantization
            ? PlainOutput.Code(site, requantization, total, requantization.Multipliers[0], OutputPixel(site, row, column), channel)
            : PlainOutput.Logit(total, (channel * sizeof(int)) + site.OutputOffset);
        foreach (Statement statement in result) yield return statement;
    }

    private static IEnumerable<Statement> Sum(OperatorSite site, QuantizedAdd op, Expression row, Expression column, Expression channel)
    {
        Variable code = Variable.Value("code");
        Expression a = Input(site, 0, row, column, channel) - op.ZeroPointA, b = Input(site, 1, row, column, channel) - op.ZeroPointB;
        Expression sum = (a * op.MultiplierA) + (b * op.MultiplierB) + (1 << (op.Shift - 1));
        yield return new Declare(code, (sum >> op.Shift) + op.Output.ZeroPoint);
        yield return PlainOutput.Clamp(code, Comparison.Less, op.Minimum, BranchLikelihood.BelowMinimum(site));
        yield return PlainOutput.Clamp(code, Comparison.Greater, op.Maximum, BranchLikelihood.AboveMaximum);
        yield return site.Store(OperatorSite.Arena, OutputPixel(site, row, column), channel, code);
    }

    private static IEnumerable<Statement> Luma(OperatorSite site, QuantizedGreyscale op, Expression row, Expression column)
    {
        Expression pixel = (((row * site.Input.Width) + column) * site.Input.Channels) + site.InputOffset();
        Expression luma = ((OperatorSite.Arena[pixel] * 77) + (OperatorSite.Arena[pixel + 1] * 150) + (OperatorSite.Arena[pixel + 2] * 29) + 128) >> 8;
        return AtLeastZeroPoint(site, op, luma, OutputPixel(site, row, column), 0);
    }

    private static IEnumerable<Statement> Relu(OperatorSite site, QuantizedRelu op, Expression row, Expression column, Expression channel) =>
        AtLeastZeroPoint(site, op, Input(site, 0, row, column, channel), OutputPixel(site, row, column), channel, isRelu: true);

    private static IEnumerable<Statement> AtLeastZeroPoint(OperatorSite site, QuantizedOperator op, Expression value, Expression pixel, Expression channel, bool isRelu = false)
    {
        Variable code = Variable.Value("code");
        bool clamps = (isRelu || op.Operator.HasRelu) && op.Output.ZeroPoint > 0;
        if (!clamps) return [site.Store(OperatorSite.Arena, pixel, channel, value)];
        return
        [
            new Declare(code, value),
            PlainOutput.Clamp(code, Comparison.Less, op.Output.ZeroPoint, 0.5),
            site.Store(OperatorSite.Arena, pixel, channel, code),
        ];
    }

    private static Statement OverWindow(
        OperatorSite site, Expression row, Expression column, Expression channel, Func<Expression, IEnumerable<Statement>> body)
    {
        (Window rows, Window columns) = site.Windows;
        return site.EachRow("windowRow", rows.Kernel, windowRow =>
            [For.Times("windowColumn", columns.Kernel, windowColumn =>
                body(site.Code(OperatorSite.Arena, site.Pixel((row * rows.Stride) + windowRow, (column * columns.Stride) + windowColumn), channel, site.InputOffset())))]);
    }

    private static Expression Input(OperatorSite site, int which, Expression row, Expression column, Expression channel) =>
        which == 0 ? site.Code(OperatorSite.Arena, ((row * site.Input.Width) + column) * site.InputPixelBytes, channel, site.InputOffset())
        : OperatorSite.Arena[(((row * site.Input.Width) + column) * site.Input.Channels) + channel + site.InputOffset(which)];

    private static Expression OutputPixel(OperatorSite site, Expression row, Expression column) =>
        ((row * site.Output.Width) + column) * site.OutputPixelBytes;
}
