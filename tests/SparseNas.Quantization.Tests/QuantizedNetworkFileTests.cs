using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using SparseNas.Networks;
using SparseNas.Quantization.Execution;
using SparseNas.Quantization.Storage;
using SparseNas.Testing.Networks;

namespace SparseNas.Quantization.Tests;

/// <summary>Kinds: round trip (property), damage and broken laws (contract).</summary>
public class QuantizedNetworkFileTests
{
    [Fact]
    public void ANetworkComesBackAsItWas()
    {
        for (ulong seed = 0; seed < 100; seed++)
        {
            var random = new SeededRandom(seed);
            QuantizedNetwork network = RandomQuantizedNetworks.Draw(random, RandomQuantization.AllWidths);
            string text = QuantizedNetworkFile.Write(network);
            QuantizedNetwork same = QuantizedNetworkFile.Read(text, "again");
            Assert.Equal(text, QuantizedNetworkFile.Write(same));
            byte[] image = RandomImages.Draw(network.Graph.Input, 5, random)[4];
            OperatorOutputs expected = NaiveIntegerExecutor.Run(network, image), actual = NaiveIntegerExecutor.Run(same, image);
            Assert.Equal(expected.Logits, actual.Logits);
            for (int index = 0; index < expected.Activations.Length; index++)
                Assert.Equal(expected.Activations[index], actual.Activations[index]);
        }
    }

    [Fact]
    public void LineEndsMayChangeButNothingElse()
    {
        string text = QuantizedNetworkFile.Write(Network());
        QuantizedNetworkFile.Read(text.Replace("\n", "\r\n"), "windows");
        int position = text.IndexOf("\"biases\": [", StringComparison.Ordinal) + 11;
        string changed = text[..position] + "1" + text[position..];
        var error = Assert.Throws<QuantizedNetworkException>(() => QuantizedNetworkFile.Read(changed, "changed"));
        Assert.Contains("it was changed or damaged", error.Message);
    }

    [Fact]
    public void AnotherVersionAndATruncatedFileAreRefused()
    {
        string text = QuantizedNetworkFile.Write(Network());
        Assert.Contains("$.version: must be 1, but is 2", Refusal(text.Replace("\"version\": 1", "\"version\": 2")));
        Assert.Contains("not JSON", Refusal(text[..(text.Length / 2)]));
    }

    [Fact]
    public void SaveReplacesTheWholeFile()
    {
        string path = Path.Combine(Path.GetTempPath(), $"sparsenas-{Environment.ProcessId}.int.json");
        try
        {
            QuantizedNetworkFile.Save(path, Network());
            QuantizedNetworkFile.Save(path, Network());
            Assert.Equal(QuantizedNetworkFile.Write(Network()), QuantizedNetworkFile.Write(QuantizedNetworkFile.Load(path)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void EveryBrokenLawIsListed()
    {
        QuantizedNetwork network = Network();
        var kernel = (QuantizedKernel)network.Operators[0];
        QuantizedNetwork broken = network with
        {
            Input = network.Input with { Scale = 0 },
            Operators = network.Operators.SetItem(0, kernel with
            {
                Kernel = kernel.Kernel with { Bits = 2, Weights = kernel.Kernel.Weights.SetItem(0, -128) },
                Requantization = kernel.Requantization! with { Shift = 47, Maximum = 256 },
            }),
        };
        var error = Assert.Throws<QuantizedNetworkException>(() => QuantizedNetworkLaws.Check(broken, "broken"));
        Assert.Contains(error.Problems, problem => problem.StartsWith("input: scale must be positive", StringComparison.Ordinal));
        Assert.Contains("Conv2D 'conv1': 2-bit weights lie in -2..1, but weight 0 is -128", error.Problems);
        Assert.Contains("Conv2D 'conv1': 1 <= shift <= 46 must hold, but got 47", error.Problems);
        Assert.Contains(error.Problems, problem => problem.Contains("minimum <= maximum <= 255", StringComparison.Ordinal));
    }

    [Fact]
    public void AnAccumulatorThatCouldOverflowIsRefused()
    {
        QuantizedNetwork network = Network();
        var kernel = (QuantizedKernel)network.Operators[0];
        QuantizedNetwork broken = network with
        {
            Operators = network.Operators.SetItem(0,
                kernel with { Kernel = kernel.Kernel with { Biases = kernel.Kernel.Biases.SetItem(0, int.MaxValue) } }),
        };
        Assert.Contains("accumulators must fit 32 bits",
            Assert.Throws<QuantizedNetworkException>(() => QuantizedNetworkLaws.Check(broken, "broken")).Message);
    }

    /// <summary>Whatever a hand or a disk does to the content, the answer is a network or one error with every mistake, nothing else.</summary>
    [Fact]
    public void DamagedContentWithARightChecksumGivesTheOneErrorOrALegalNetwork()
    {
        var random = new SeededRandom(12);
        string[] replacements = ["-1", "1e40", "99999999999", "0.5", "\"x\"", "null", "[]", "{}", "true", "128", "\"name\": 1, \"name\": 2"];
        int refused = 0;
        for (int round = 0; round < 600; round++)
        {
            string text = QuantizedNetworkFile.Write(round % 2 == 0 ? Network() : RandomQuantizedNetworks.Draw(new SeededRandom((ulong)round)));
            int start = text.IndexOf("\"content\": ", StringComparison.Ordinal) + "\"content\": ".Length;
            string content = text[start..text.LastIndexOf('}')].TrimEnd();
            MatchCollection tokens = Regex.Matches(content, "-?[0-9][0-9.E+-]*|\"[a-zA-Z0-9_]+\"");
            Match token = tokens[random.Next(tokens.Count)];
            content = content[..token.Index] + replacements[random.Next(replacements.Length)] + content[(token.Index + token.Length)..];
            string checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
            string file = $"{{ \"format\": \"sparsenas-integer-network\", \"version\": 1, \"sha256\": \"{checksum}\", \"content\": {content} }}";
            try
            {
                QuantizedNetworkLaws.Check(QuantizedNetworkFile.Read(file, "damaged"), "damaged");
            }
            catch (QuantizedNetworkException error)
            {
                Assert.NotEmpty(error.Problems);
                refused++;
            }
        }

        Assert.InRange(refused, 280, 600);
    }

    private static string Refusal(string text) => Assert.Throws<QuantizedNetworkException>(() => QuantizedNetworkFile.Read(text, "file"))
        .Message;

    private static QuantizedNetwork Network() => RandomQuantizedNetworks.Draw(
        Architecture.Chain("net", new Shape(8, 8, 1), 4, new Conv2D(3, 3, 3), new Relu(), new MaxPool(2, 2, 2), new Dense(4)),
            new SeededRandom(3));
}
