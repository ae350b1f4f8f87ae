using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Emission;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Testing.Networks;

namespace SparseNas.Codegen.Tests.Emission;

public class ModelFileTests
{
    private static readonly Architecture Small = Architecture.Chain(
        "small", new Shape(6, 6, 1), 3, new Conv2D(4, 3, 3), new Relu(), new MaxPool(2, 2, 2), new Dense(3));

    [Fact]
    public void The_same_network_gives_the_same_bytes()
    {
        string[] first = [.. Emit(TestHeader.Plain).Sources.Select(source => source.Path + source.Text)];
        string[] second = [.. Emit(TestHeader.Plain).Sources.Select(source => source.Path + source.Text)];
        Assert.Equal(first, second);
    }

    [Fact]
    public void Source_is_plain_ascii_with_line_feeds_and_no_trailing_blanks()
    {
        foreach (SourceFile source in Emit(TestHeader.Plain with { Study = "Größe\r\n\u2028x" }).Sources)
        {
            Assert.DoesNotContain(source.Text, character => character is not ('\n' or (>= ' ' and <= '~')));
            Assert.DoesNotContain(source.Text.Split('\n'), line => line.EndsWith(' '));
            Assert.EndsWith("}\n", source.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("\"; System.Environment.Exit(1); //")]
    [InlineData("*/ } static Model() { throw null; } /*")]
    [InlineData("two\nlines\r\n#error")]
    [InlineData("\\u0022 + 1/0 + \\u0022")]
    [InlineData("Größe ✓ 数\u2028\u0000")]
    public void Hostile_names_stay_names(string hostile)
    {
        ModelHeader header = TestHeader.Plain with { Study = hostile, ToolVersion = hostile, Accuracy = hostile, Labels = [hostile, "b", "c"] };
        GeneratedModel model = Emit(header);
        FirmwareCompiler.Compile(model.Sources, "model", FirmwareOutput.Library);
        using NativeModel native = NativeModel.Load(model);
        Assert.Equal(hostile, native.Label(0));
        Assert.Equal("b", native.Label(1));
        Assert.Equal("3", native.Label(3));
    }

    [Fact]
    public void The_head_tells_where_the_model_comes_from_and_what_each_step_costs()
    {
        GeneratedModel model = Emit(TestHeader.Plain);
        string head = model.Sources[0].Text[..model.Sources[0].Text.IndexOf("namespace", StringComparison.Ordinal)];
        Assert.Contains("SparseNas 0.0-test", head, StringComparison.Ordinal);
        Assert.Contains("Study unit test, trial 7, accuracy 0.9871 (validation).", head, StringComparison.Ordinal);
        Assert.Contains("The arena, " + model.Plan.ArenaBytes, head, StringComparison.Ordinal);
        foreach (OperatorCode step in model.Steps) Assert.Contains(step.Strategy, head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_arena_is_the_planned_one_and_rows_end_with_the_image(bool allowsRows)
    {
        GeneratedModel model = Emit(TestHeader.Plain, allowsRows);
        using NativeModel native = NativeModel.Load(model);
        Assert.Equal(model.Plan.ArenaBytes, native.Arena.Length);
        Assert.Equal(6, native.Constant("RowBytes"));
        Assert.Equal(allowsRows, !model.Plan.Rows.IsEmpty);
        for (int row = 0; row < 6; row++)
        {
            // A convolution of three rows keeps two: the third and all behind it complete a window.
            int place = allowsRows ? model.Plan.Rows[0].PlaceOf(Math.Min(row, 2)) : model.Plan.Of(Architecture.InputIndex).OffsetBytes + (row * 6);
            Assert.Equal(place, native.RowOffset());
            native.RowArrived();
        }

        Assert.Throws<InvalidOperationException>(() => native.RowOffset());
        Assert.Throws<InvalidOperationException>(native.RowArrived);
        byte[] arena = [.. native.Arena];
        Assert.Throws<InvalidOperationException>(() => native.PushRow([1, 2, 3, 4, 5, 6]));
        Assert.Equal(arena, native.Arena);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_row_in_an_array_of_its_own_is_taken_as_one_written_to_its_place(bool allowsRows)
    {
        using NativeModel native = NativeModel.Load(Emit(TestHeader.Plain, allowsRows));
        byte[] image = RandomImages.Draw(new Shape(6, 6, 1), 1, new SeededRandom(5))[0];
        int[] Logits()
        {
            native.Run();
            return [.. Enumerable.Range(0, 3).Select(native.Logit)];
        }

        native.Push(image);
        int[] direct = Logits();
        native.Reset();
        foreach (byte[] row in image.Chunk(6)) native.PushRow(row);
        Assert.Equal(direct, Logits());
    }

    [Fact]
    public void Wrong_labels_and_missing_steps_are_refused_with_the_law()
    {
        ArgumentException labels = Assert.Throws<ArgumentException>(() => Emit(TestHeader.Plain with { Labels = ["one"] }));
        Assert.Contains("3 classes need 3 labels or none, but got 1", labels.Message, StringComparison.Ordinal);

        (QuantizedNetwork network, MemoryPlan plan) = Network();
        ArgumentException steps = Assert.Throws<ArgumentException>(
            () => Emitter.Emit(network, plan, Emitter.Plain(network, plan).RemoveAt(1), TestHeader.Plain, TestHeader.CortexM4F));
        Assert.Contains("Each of 3 operators needs code exactly once, but got code for 0, 2", steps.Message, StringComparison.Ordinal);
    }

    private static (QuantizedNetwork Network, MemoryPlan Plan) Network(bool allowsRows = true)
    {
        QuantizedNetwork network = RandomQuantizedNetworks.Draw(Small, new SeededRandom(3));
        return (network, MemoryPlanner.Plan(network.Graph, new PlanOptions { AllowsRows = allowsRows }));
    }

    private static GeneratedModel Emit(ModelHeader header, bool allowsRows = true)
    {
        (QuantizedNetwork network, MemoryPlan plan) = Network(allowsRows);
        return Emitter.Emit(network, plan, Emitter.Plain(network, plan), header, TestHeader.CortexM4F);
    }
}
