using System.Xml.Linq;
using SparseNas.Networks;

namespace SparseNas.Networks.Tests.Memory;

public class PlanPictureTests
{
    private static readonly OperatorGraph Graph = OperatorGraph.From(Architecture.Chain(
        "small", new Shape(8, 8, 1), 2, new Conv2D(4, 3, 3), new Relu(), new MaxPool(2, 2, 2), new Dense(2)));

    [Fact]
    public void Text_has_one_line_for_each_step_and_shows_every_tensor()
    {
        string text = PlanPicture.Ascii(Graph, MemoryPlanner.Plan(Graph), 40);
        string[] lines = text.TrimEnd('\n').Split('\n');
        Assert.Equal(1 + 1 + Graph.Operators.Length, lines.Length);
        foreach (char letter in "abcd") Assert.Contains(lines.Skip(1), line => line[22..].Contains(letter));
        Assert.DoesNotContain('\r', text);
    }

    [Fact]
    public void Svg_is_well_formed_and_has_a_block_for_every_tensor_alive_at_a_step()
    {
        MemoryPlan plan = MemoryPlanner.Plan(Graph);
        XDocument svg = XDocument.Parse(PlanPicture.Svg(Graph, plan));
        int blocks = plan.Buffers.Concat(plan.RowBuffers).Sum(buffer => buffer.LastStep - buffer.FirstStep + 1);
        Assert.Equal(blocks, svg.Descendants().Count(element => element.Name.LocalName == "rect"));
    }

    [Fact]
    public void Bounds_of_a_small_network_are_the_hand_worked_ones()
    {
        // in 64 -> conv 6x6x4 = 144 -> pool 3x3x4 = 36 -> dense: 2 logits of 4 bytes
        MemoryBounds bounds = MemoryBounds.Of(Graph);
        Assert.Equal(64 + 144, bounds.MaterialisedBytes);
        Assert.Equal(2 * 8, bounds.StreamedBytes);
        Assert.InRange(bounds.OverlappedBytes, 144, 207);
    }
}
