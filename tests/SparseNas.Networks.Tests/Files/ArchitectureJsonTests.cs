using System.Text.Json;

namespace SparseNas.Networks.Tests.Files;

public class ArchitectureJsonTests
{
    [Fact]
    public void ReadsWhatPeopleWrite()
    {
        Architecture net = ArchitectureJson.Read("""
            {
              // a comment
              "name": "two \"branches\"",
              "input": [28, 28, 1],
              "classes": 10,
              "layers": [
                { "layer": "conv", "channels": 8, "kernel": 3, "stride": 2, "padding": "same", "name": "stem" },
                { "layer": "depthwise", "kernel": [3, 1], "padding": "same", "bias": false, "name": "branch" },
                { "layer": "add", "inputs": ["stem", "branch"] },
                { "layer": "maxpool", "window": 2 },
                { "layer": "avgpool", "window": [2, 1], "stride": 1 },
                { "layer": "gather", "indices": [0, 3, 5] },
                { "layer": "dense", "features": 10 },
              ]
            }
            """);
        Assert.Equal(new Architecture("two \"branches\"", new Shape(28, 28, 1), 10,
        [
            new("stem", new Conv2D(8, 3, 3, 2, Padding.Same), [-1]), new("branch", new DepthwiseConv2D(3, 1, 1, Padding.Same, false), [0]),
            new("add3", new Add(), [0, 1]), new("maxpool4", new MaxPool(2, 2, 2), [2]), new("avgpool5", new AvgPool(2, 1, 1), [3]),
            new("gather6", new Gather([0, 3, 5]), [4]), new("dense7", new Dense(10), [5]),
        ]), net);
        Assert.Equal("two \"branches\"", net.Name);
    }

    [Fact]
    public void EveryArchitectureSurvivesWritingAndReading()
    {
        for (ulong seed = 0; seed < 300; seed++)
        {
            Architecture net = RandomArchitecture.Of(seed);
            Assert.Equal(net, ArchitectureJson.Read(ArchitectureJson.Write(net)));
            string line = ArchitectureJson.WriteLine(net);
            Assert.DoesNotContain('\n', line);
            Assert.Equal(net.Name, ArchitectureJson.Read(line).Name);
            Assert.Equal(net, ArchitectureJson.Read(line));
        }
    }

    [Fact]
    public void WritesOneLayerOnEachLineAndLeavesDefaultsOut()
    {
        string json = ArchitectureJson.Write(Architecture.Chain("net", new Shape(8, 8, 1), 2, new Conv2D(4, 3, 3), new Relu(), new Dense(2)));
        Assert.Equal("""
            {
              "name": "net",
              "input": [8, 8, 1],
              "classes": 2,
              "layers": [
                { "layer": "conv", "channels": 4, "kernel": 3 },
                { "layer": "relu" },
                { "layer": "dense", "features": 2 }
              ]
            }
            """, json, ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void AllMistakesAreReportedAtOnceWithTheirPath()
    {
        ArchitectureException broken = Assert.Throws<ArchitectureException>(() => ArchitectureJson.Read("""
            {
              "name": "broken", "input": [28, 28], "classes": "ten", "colour": 1,
              "layers": [
                { "layer": "conv", "kernel": "3", "padding": "full", "bias": 1, "stride": 1, "stride": 2 },
                { "layer": "convolution" },
                { "layer": "add", "inputs": ["nowhere"] },
                { "layer": "dense", "features": 10, "units": 3 },
                7
              ]
            }
            """));
        Assert.Equal<string>(
        [
            "$.input: an array of 3 whole numbers is needed, but got [28, 28]",
            "$.classes: a whole number is needed, but got \"ten\"",
            "$.layers[0].stride: the key appears twice",
            "$.layers[0]: 'channels' is missing",
            "$.layers[0].kernel: a whole number is needed, but got \"3\"",
            "$.layers[0].bias: true or false is needed, but got 1",
            "$.layers[0].padding: 'valid' or 'same' is needed, but got 'full'",
            "$.layers[1].layer: 'convolution' is not a layer; layers are conv, depthwise, dense, maxpool, avgpool, gap, add, concat, gather, downsample, greyscale, relu, batchnorm",
            "$.layers[2].inputs: 'nowhere' is not an earlier layer; earlier are input, layer1, layer2",
            "$.layers[3].units: unknown key; known here: features, inputs, layer, name",
            "$.layers[4]: an object is needed, but got 7",
            "$.colour: unknown key; known here: classes, input, layers, name",
        ], broken.Problems);
    }

    [Fact]
    public void LawsOfTheArchitectureCarryTheirPath()
    {
        ArchitectureException broken = Assert.Throws<ArchitectureException>(() => ArchitectureJson.Read("""
            { "input": [3, 3, 1], "classes": 2, "extra": 0,
              "layers": [ { "layer": "conv", "channels": 4, "kernel": 5 }, { "layer": "dense", "features": 3, "inputs": ["input"] } ] }
            """));
        Assert.Equal<string>(
        [
            "$.extra: unknown key; known here: classes, input, layers, name",
            "$.layers[0]: Conv2D 'conv1': kernel 5x5 does not fit input 3x3 with valid padding",
            "$.layers[0]: Conv2D 'conv1': nothing reads its output",
            "$.layers[1]: Dense 'dense2': the output must be 1x1x2 (one logit per class), but is 1x1x3",
        ], broken.Problems);
    }

    [Theory]
    [InlineData("", "line 1, byte 1: not JSON")]
    [InlineData("{ \"name\": ", "line 1, byte 11: not JSON")]
    [InlineData("[]", "$: an object is needed, but got []")]
    [InlineData("{\"input\":[4,4,1],\"classes\":2,\"layers\":[]}", "$: at least one layer is needed")]
    [InlineData("{\"input\":[4,4,1],\"classes\":2,\"layers\":{}}", "$.layers: an array of layers is needed")]
    [InlineData("{\"input\":[4,4,1],\"classes\":2}", "$: 'layers' is missing")]
    [InlineData("{\"input\":[4,4,99999999999],\"classes\":2,\"layers\":[]}", "$.input: an array of 3 whole numbers is needed")]
    public void WhatIsNotAnArchitectureIsRefused(string json, string problem) =>
        Assert.StartsWith(problem, Assert.Throws<ArchitectureException>(() => ArchitectureJson.Read(json)).Problems[0]);

    [Fact]
    public void ReadsFromWithinALargerDocument()
    {
        using JsonDocument document = JsonDocument.Parse("""{ "trial": { "input": [4, 4, 1], "classes": 2, "layers": [ { "layer": "dense" } ] } }""");
        ArchitectureException broken = Assert.Throws<ArchitectureException>(
            () => ArchitectureJson.Read(document.RootElement.GetProperty("trial"), "$.trial"));
        Assert.Equal<string>(["$.trial.layers[0]: 'features' is missing"], broken.Problems);
    }
}
