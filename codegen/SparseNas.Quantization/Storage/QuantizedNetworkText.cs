using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SparseNas.Networks;

namespace SparseNas.Quantization.Storage;

/// <summary>
/// The content of an integer network file: architecture, formats and, per operator, its integers; one output channel's weights per line.
/// </summary>
internal static class QuantizedNetworkText
{
    /// <summary>The content object, indented to stand inside the file.</summary>
    public static string Write(QuantizedNetwork network)
    {
        var text = new StringBuilder();
        text.Append("{\n    \"architecture\": ").Append(ArchitectureJson.WriteLine(network.Graph.Architecture)).Append(",\n");
        text.Append("    \"input\": ").Append(Format(network.Input)).Append(",\n    \"operators\": [");
        foreach ((int index, QuantizedOperator op) in network.Operators.Index())
        {
            text.Append(index == 0 ? "\n" : ",\n").Append($"      {{ \"name\": \"{op.Operator.Name}\", \"output\": {Format(op.Output)}");
            WriteParameters(text, op);
            text.Append(" }");
        }

        return text.Append("\n    ]\n  }").ToString();
    }

    /// <summary>
    /// Reads the content object; null, with problems, when a part is missing or of the wrong kind. Ranges are checked by the laws.
    /// </summary>
    public static QuantizedNetwork? Read(JsonElement content, string path, List<string> problems)
    {
        if (StrictJsonObject.Open(content, path, problems) is not { } fields) return null;
        JsonElement? architecture = fields.Required("architecture");
        TensorFormat? input = fields.Required("input") is { } format ? ReadFormat(format, path + ".input", problems) : null;
        JsonElement? operators = fields.Required("operators");
        fields.RejectUnknown();
        if (architecture is null || input is null || operators is null) return null;
        OperatorGraph graph = OperatorGraph.From(ArchitectureJson.Read(architecture.Value, path + ".architecture"));
        int count = graph.Operators.Length;
        if (operators.Value.ValueKind != JsonValueKind.Array || operators.Value.GetArrayLength() != count)
        {
            problems.Add($"{path}.operators: an array of {count} operators is needed, one for each of the architecture");
            return null;
        }

        var reader = new OperatorReader(graph, input, problems);
        foreach ((int index, JsonElement element) in operators.Value.EnumerateArray().Index())
        {
            reader.Read(index, element, $"{path}.operators[{index}]");
        }

        return reader.Complete ? new QuantizedNetwork(graph, input, reader.Operators) : null;
    }

    private static string Format(TensorFormat format) => string.Create(
        CultureInfo.InvariantCulture, $"{{ \"bits\": {format.Bits}, \"scale\": {format.Scale:R}, \"zeroPoint\": {format.ZeroPoint} }}");

    private static void WriteParameters(StringBuilder text, QuantizedOperator op)
    {
        switch (op)
        {
            case QuantizedKernel o:
                WriteRequantization(text, o.Requantization);
                text.Append(CultureInfo.InvariantCulture, $",\n        \"bits\": {o.Kernel.Bits},\n        \"biases\": [");
                text.AppendJoin(", ", o.Kernel.Biases).Append("],\n        \"weights\": [");
                int perChannel = o.Kernel.Weights.Length / o.Kernel.Biases.Length;
                foreach ((int channel, sbyte[] row) in o.Kernel.Weights.Chunk(perChannel).Index())
                {
                    text.Append(channel == 0 ? "\n" : ",\n").Append(CultureInfo.InvariantCulture, $"          [{string.Join(", ", row)}]");
                }

                text.Append("\n        ]");
                break;
            case QuantizedMean o:
                WriteRequantization(text, o.Requantization);
                break;
            case QuantizedAdd o:
                WritePair(text, o.MultiplierA, o.MultiplierB, o.Shift, o.Minimum, o.Maximum);
                break;
            case QuantizedConcat o:
                WritePair(text, o.MultiplierA, o.MultiplierB, o.Shift, o.Minimum, o.Maximum);
                break;
            default:
                break;   // no parameters of their own
        }
    }

    private static void WritePair(StringBuilder text, int multiplierA, int multiplierB, int shift, int minimum, int maximum) =>
        text.Append(CultureInfo.InvariantCulture,
            $",\n        \"multipliers\": [{multiplierA}, {multiplierB}], \"shift\": {shift}, \"minimum\": {minimum}, \"maximum\": {maximum}");

    private static void WriteRequantization(StringBuilder text, Requantization? r)
    {
        if (r is null) return;
        text.Append(",\n        \"multipliers\": [").AppendJoin(", ", r.Multipliers);
        text.Append(CultureInfo.InvariantCulture, $"], \"shift\": {r.Shift}, \"minimum\": {r.Minimum}, \"maximum\": {r.Maximum}");
    }

    private static TensorFormat? ReadFormat(JsonElement element, string path, List<string> problems)
    {
        if (StrictJsonObject.Open(element, path, problems) is not { } fields) return null;
        int? bits = fields.Integer("bits"), zeroPoint = fields.Integer("zeroPoint");
        float scale = 0;
        if (fields.Required("scale") is { } value && (value.ValueKind != JsonValueKind.Number || !value.TryGetSingle(out scale)))
        {
            fields.Report("scale", "a number is needed");
            return null;
        }

        fields.RejectUnknown();
        return bits is null || zeroPoint is null ? null : new TensorFormat(bits.Value, scale, zeroPoint.Value);
    }

    /// <summary>Reads operators in the graph's order: zero points of inputs come from the formats of what was read before.</summary>
    private sealed class OperatorReader(OperatorGraph graph, TensorFormat input, List<string> problems)
    {
        private readonly ImmutableArray<QuantizedOperator>.Builder operators = ImmutableArray.CreateBuilder<QuantizedOperator>();
        private readonly Dictionary<int, TensorFormat> formats = new() { [Architecture.InputIndex] = input };

        public ImmutableArray<QuantizedOperator> Operators => operators.ToImmutable();

        public bool Complete => operators.Count == graph.Operators.Length;

        public void Read(int index, JsonElement element, string path)
        {
            if (StrictJsonObject.Open(element, path, problems) is not { } fields) return;
            Operator op = graph.Operators[index];
            if (fields.Text("name") is { } name && name != op.Name)
                fields.Report("name", $"must be '{op.Name}' as in the architecture, but is '{name}'");
            TensorFormat? output = fields.Required("output") is { } format ? ReadFormat(format, path + ".output", problems) : null;
            QuantizedOperator? result = output is null ? null : Build(op, index, output, fields);
            fields.RejectUnknown();
            formats[index] = output ?? new TensorFormat(8, 1, 0);   // reading goes on; nothing is built when one is missing
            if (result is not null) operators.Add(result);
        }

        private QuantizedOperator? Build(Operator op, int index, TensorFormat output, StrictJsonObject fields)
        {
            int zeroPoint = formats[op.Inputs[0]].ZeroPoint;
            bool last = index == graph.Operators.Length - 1;
            Requantization? requantization = null;
            if (op.Layer is Conv2D or DepthwiseConv2D or Dense or AvgPool or Downsample or GlobalAveragePool && !last)
            {
                requantization = ReadRequantization(output, op.Output.Channels, fields);
                if (requantization is null) return null;
            }

            return op.Layer switch
            {
                Conv2D or DepthwiseConv2D or Dense => ReadKernel(op, index, zeroPoint, fields) is { } kernel
                    ? new QuantizedKernel(op, output, kernel, requantization) : null,
                AvgPool or Downsample or GlobalAveragePool => new QuantizedMean(op, output, zeroPoint, requantization),
                MaxPool => new QuantizedMaxPool(op, output),
                Concat => ReadConcat(op, output, zeroPoint, fields),
                Gather => new QuantizedGather(op, output),
                Greyscale => new QuantizedGreyscale(op, output),
                Relu => new QuantizedRelu(op, output),
                Add => ReadAdd(op, output, zeroPoint, fields),
                _ => throw UnknownLayer.Of(op.Layer),
            };
        }

        private static Requantization? ReadRequantization(TensorFormat output, int channels, StrictJsonObject fields)
        {
            bool isShared = fields.Optional("multipliers") is { ValueKind: JsonValueKind.Array } array && array.GetArrayLength() == 1;
            int count = isShared ? 1 : channels;
            int[]? multipliers = fields.Integers("multipliers", count);
            int? shift = fields.Integer("shift"), minimum = fields.Integer("minimum"), maximum = fields.Integer("maximum");
            return multipliers is null || shift is null || minimum is null || maximum is null ? null
                : new Requantization([.. multipliers], shift.Value, output.ZeroPoint, minimum.Value, maximum.Value);
        }

        private QuantizedAdd? ReadAdd(Operator op, TensorFormat output, int zeroPoint, StrictJsonObject fields) =>
            ReadPair(fields) is not { } pair ? null : new QuantizedAdd(
                op, output, zeroPoint, formats[op.Inputs[1]].ZeroPoint, pair.Multipliers[0], pair.Multipliers[1], pair.Shift, pair.Minimum, pair.Maximum);

        private QuantizedConcat? ReadConcat(Operator op, TensorFormat output, int zeroPoint, StrictJsonObject fields) =>
            ReadPair(fields) is not { } pair ? null : new QuantizedConcat(
                op, output, zeroPoint, formats[op.Inputs[1]].ZeroPoint, pair.Multipliers[0], pair.Multipliers[1], pair.Shift, pair.Minimum, pair.Maximum);

        private static (int[] Multipliers, int Shift, int Minimum, int Maximum)? ReadPair(StrictJsonObject fields)
        {
            int[]? multipliers = fields.Integers("multipliers", 2);
            int? shift = fields.Integer("shift"), minimum = fields.Integer("minimum"), maximum = fields.Integer("maximum");
            return multipliers is null || shift is null || minimum is null || maximum is null ? null : (multipliers, shift.Value, minimum.Value, maximum.Value);
        }

        private IntegerKernel? ReadKernel(Operator op, int index, int zeroPoint, StrictJsonObject fields)
        {
            int channels = op.Output.Channels, perChannel = QuantizedNetworkLaws.WeightCount(graph, index) / channels;
            int? bits = fields.Integer("bits");
            int[]? biases = fields.Integers("biases", channels);
            if (fields.Required("weights") is not { } rows) return null;
            if (rows.ValueKind != JsonValueKind.Array || rows.GetArrayLength() != channels)
            {
                fields.Report("weights", $"{channels} rows are needed, one per output channel");
                return null;
            }

            var weights = ImmutableArray.CreateBuilder<sbyte>(channels * perChannel);
            foreach ((int channel, JsonElement row) in rows.EnumerateArray().Index())
            {
                sbyte[] values = row.ValueKind == JsonValueKind.Array
                    ? [.. row.EnumerateArray().Select(Weight).OfType<sbyte>()]
                    : [];
                if (values.Length != perChannel || row.GetArrayLength() != values.Length)
                    fields.Report($"weights[{channel}]", $"{perChannel} whole numbers from -127 to 127 are needed");
                else weights.AddRange(values);
            }

            sbyte? Weight(JsonElement item) => item.ValueKind == JsonValueKind.Number && item.TryGetSByte(out sbyte weight) ? weight : null;

            return bits is null || biases is null || weights.Count != channels * perChannel ? null
                : new IntegerKernel(weights.MoveToImmutable(), bits.Value, [.. biases], zeroPoint);
        }
    }
}
