using System.Collections.Immutable;
using SparseNas.Codegen.Emission.Code;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Plain;

/// <summary>
/// Convolution, depthwise convolution and dense layer as nested loops straight over static arrays: the definition, written down. Weights, biases
/// and multipliers are tables, so they cost flash and heap; or weights stay in flash and every output reads its own first.
/// </summary>
internal sealed class PlainKernel
{
    private readonly OperatorSite site;
    private readonly QuantizedKernel op;
    private readonly Table weights, biases;
    private readonly Table? multipliers;
    private readonly WeightResource? resource;
    private readonly Variable sum = Variable.Value("sum"), chunk = Variable.Array("chunk", DeviceType.Bytes);

    private PlainKernel(OperatorSite site, WeightResource? resource)
    {
        this.site = site;
        this.resource = resource;
        op = (QuantizedKernel)site.Operator;
        weights = new Table($"Weights{site.Index}", DeviceType.SBytes, [.. op.Kernel.Weights.Select(weight => (int)weight)]);
        biases = new Table($"Biases{site.Index}", DeviceType.Ints, op.Kernel.Biases);
        multipliers = op.Requantization is { Multipliers.Length: > 1 } many
            ? new Table($"Multipliers{site.Index}", DeviceType.Shorts, many.Multipliers) : null;
    }

    /// <summary>The code of the operator at <paramref name="site"/>; with a resource, weights are read from it instead of a table.</summary>
    public static OperatorCode Of(OperatorSite site, WeightResource? resource = null)
    {
        PlainKernel kernel = new(site, resource);
        string how = resource is null ? "plain loops" : "plain loops, weights read from flash";
        return new OperatorCode(
            resource is null ? "plain" : "streamed", [site.Index], new Method(site.MethodName, StepComment.Of(site, how), kernel.Body()), kernel.Tables) { Resource = resource, Runs = site.Runs };
    }

    /// <summary>The code of a kernel and of the maximum pooling that alone reads it, in one pass.</summary>
    public static OperatorCode Joined(OperatorSite site, OperatorSite pool)
    {
        PlainKernel kernel = new(site, null);
        Method method = new(pool.MethodName, StepComment.Of(site, pool, "plain loops, max fused"), kernel.Joined(pool));
        return new OperatorCode("plain", [site.Index, pool.Index], method, kernel.Tables) { Runs = site.Runs };
    }

    private ImmutableArray<Table> Tables =>
        [.. resource is null ? [weights] : Array.Empty<Table>(), biases, .. multipliers is null ? Array.Empty<Table>() : [multipliers]];

    private Block Body() => site.Accumulates ? RowSums() : Block.Of(
        For.Times("row", site.Output.Height, row =>
            [For.Times("column", site.Output.Width, column =>
                [For.Times("output", site.Output.Channels, output => Value(row, column, output))])]));

    /// <summary>A dense layer over one row of its input: adds to the sums.</summary>
    private Block RowSums()
    {
        int inputs = op.Kernel.Weights.Length / site.Output.Channels, rowInputs = site.Input.Elements;
        Expression row = RowNumbers.Added(site.Index);
        return Block.Of(For.Times("output", site.Output.Channels, output => PlainRowSum.Of(
            site, sum, output, biases.Reference[output],
            [Inputs(rowInputs / site.Input.Channels, (pixel, channel, input) => Accumulate((output * inputs) + (row * rowInputs) + input, pixel, channel))],
            op.Requantization, multipliers?.Reference[output])));
    }

    /// <summary>For each pooled value, the largest code under its window; none of them is stored.</summary>
    private Block Joined(OperatorSite pool)
    {
        Variable largest = Variable.Value("largest");
        (Window poolRows, Window poolColumns) = pool.Windows;
        int first = pool.Operator.Operator.HasRelu ? pool.Operator.Output.ZeroPoint : 0;
        double likelihood = Enumerable.Range(0, poolRows.Kernel * poolColumns.Kernel).Average(BranchLikelihood.BeatsEarlier);
        return Block.Of(For.Times("row", pool.Output.Height, row =>
            [For.Times("column", pool.Output.Width, column =>
                [For.Times("output", pool.Output.Channels, output =>
                [
                    new Declare(largest, first),
                    pool.EachRow("poolRow", poolRows.Kernel, poolRow =>
                        [For.Times("poolColumn", poolColumns.Kernel, poolColumn => Beaten((row * poolRows.Stride) + poolRow, (column * poolColumns.Stride) + poolColumn, output))]),
                    pool.Store(OperatorSite.Arena, ((row * pool.Output.Width) + column) * pool.OutputPixelBytes, output, largest),
                ])])]));

        IEnumerable<Statement> Beaten(Expression row, Expression column, Expression output)
        {
            (IEnumerable<Statement> statements, Variable code) = PlainOutput.Code(
                site, op.Requantization!, sum, multipliers?.Reference[output] ?? op.Requantization!.Multipliers[0]);
            Expression larger = code.Type == DeviceType.Long ? ((Expression)code).ToInt() : code;
            return
            [
                new Declare(sum, biases.Reference[output]), Taps(row, column, output), .. statements,
                new If(new Condition(larger, Comparison.Greater, largest), Block.Of(new Assign(largest, larger)), null, likelihood),
            ];
        }
    }

    private IEnumerable<Statement> Value(Expression row, Expression column, Expression output)
    {
        bool oneTap = op.Kernel.Weights.Length == site.Output.Channels;
        if (resource is not null) yield return new Declare(chunk, resource.Read(output * resource.ChunkWeights));
        Expression total = sum;
        if (oneTap)
        {
            Expression pixel = site.Pixel(row * site.Windows.Rows.Stride, column * site.Windows.Columns.Stride);
            Expression single = biases.Reference[output] + Tap(First(output), pixel, site.Input.Channels > 1 ? output : 0);
            if (op.Requantization is null) yield return new Declare(sum, single);
            else total = single;
        }
        else
        {
            yield return new Declare(sum, biases.Reference[output]);
            yield return Taps(row, column, output);
        }

        Shape shape = site.Output;
        Expression place = ((row * shape.Width) + column) * site.OutputPixelBytes;
        IEnumerable<Statement> result = op.Requantization is { } requantization
            ? PlainOutput.Code(site, requantization, total, multipliers?.Reference[output] ?? requantization.Multipliers[0], place, output)
            : PlainOutput.Logit(total, place + (output * sizeof(int)) + site.OutputOffset);
        foreach (Statement statement in result) yield return statement;
    }

    private Statement Taps(Expression row, Expression column, Expression output) => site.Layer switch
    {
        Dense => DenseSum(output),
        DepthwiseConv2D l => WindowSum(row, column, (kernelRow, kernelColumn) =>
            (((First(output) * l.KernelHeight) + kernelRow) * l.KernelWidth + kernelColumn, output)),
        Conv2D l => WindowSum(row, column, (kernelRow, kernelColumn) =>
            ((((First(output) * l.KernelHeight) + kernelRow) * l.KernelWidth + kernelColumn) * site.Input.Channels, null)),
        _ => throw UnknownLayer.Of(site.Layer),
    };

    private Statement DenseSum(Expression output)
    {
        int inputs = site.Input.Elements;
        return Inputs(site.Input.Height * site.Input.Width, (pixel, channel, input) => Accumulate((First(output) * inputs) + input, pixel, channel));
    }

    /// <summary>Runs over the values of pixels that lie one behind the other: first byte and channel of each, and its number.</summary>
    private Statement Inputs(int pixels, Func<Expression, Expression, Expression, Assign> body) => !site.IsInputPacked
        ? For.Times("input", pixels * site.Input.Channels, input => [body(input, 0, input)])
        : For.Times("pixel", pixels, pixel =>
            [For.Times("channel", site.Input.Channels, channel => [body(pixel * site.InputPixelBytes, channel, (pixel * site.Input.Channels) + channel)])]);

    /// <summary>Sums the taps under the window; those outside the image hold the zero point and add nothing.</summary>
    private Statement WindowSum(Expression row, Expression column, Func<Expression, Expression, (Expression Weight, Expression? Channel)> tap)
    {
        (Window rows, Window columns) = site.Windows;
        return site.EachRow("kernelRow", rows.Kernel, kernelRow =>
        [
            .. Inside("y", rows, row, kernelRow, y =>
            [
                For.Times("kernelColumn", columns.Kernel, kernelColumn => Inside("x", columns, column, kernelColumn, x =>
                {
                    (Expression weight, Expression? channel) = tap(kernelRow, kernelColumn);
                    Expression pixel = site.Pixel(y, x);
                    return channel is not null
                        ? [Accumulate(weight, pixel, channel)]
                        : [For.Times("channel", site.Input.Channels, c => [Accumulate(weight + c, pixel, c)])];
                })),
            ]),
        ]);
    }

    private Assign Accumulate(Expression weight, Expression pixel, Expression channel) =>
        new(sum, sum + Tap(weight, pixel, channel));

    private Expression Tap(Expression weight, Expression pixel, Expression channel) =>
        (resource is null ? weights.Reference[weight] : chunk[weight] - WeightResource.Bias)
        * (site.Code(OperatorSite.Arena, pixel, channel, site.InputOffset()) - op.Kernel.InputZeroPoint);

    /// <summary>Where the output's weights begin: in the table, or in the chunk that holds nothing else.</summary>
    private Expression First(Expression output) => resource is null ? output : 0;

    /// <summary>Declares the input position under a kernel position and guards what follows where a window can leave the image.</summary>
    private static IEnumerable<Statement> Inside(
        string name, Window window, Expression output, Expression kernel, Func<Expression, IEnumerable<Statement>> body)
    {
        Expression position = (output * window.Stride) + kernel - window.Before;
        if (position is IntConstant { Value: var fixedPosition })
        {
            return fixedPosition >= 0 && fixedPosition < window.Input ? body(position) : [];
        }

        (double below, double above) = Outside(window);
        if (position is ReadVariable && below + above == 0) return body(position);
        Variable variable = Variable.Counter(name);
        IEnumerable<Statement> guarded = body(variable);
        if (above > 0) guarded = [new If(new Condition(variable, Comparison.Less, window.Input), Block.Of(guarded), null, 1 - (above / (1 - below)))];
        if (below > 0) guarded = [new If(new Condition(variable, Comparison.GreaterOrEqual, 0), Block.Of(guarded), null, 1 - below)];
        return [new Declare(variable, position), .. guarded];
    }

    /// <summary>Fractions of (output, kernel) pairs whose position lies before and behind the input.</summary>
    private static (double Below, double Above) Outside(Window window)
    {
        int below = 0, above = 0;
        for (int output = 0; output < window.Output; output++)
        {
            for (int kernel = 0; kernel < window.Kernel; kernel++)
            {
                int position = window.Start(output) + kernel;
                if (position < 0) below++;
                if (position >= window.Input) above++;
            }
        }

        double pairs = window.Output * window.Kernel;
        return (below / pairs, above / pairs);
    }
}
