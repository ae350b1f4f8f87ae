using SparseNas.Networks;
using SparseNas.Training.Data;

namespace SparseNas.Training.Tests.Data.UserData;

public sealed class CsvDatasetTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("1,2,3,4,wave\n5,6,7,8,still\n", "last")]
    [InlineData("a,b,c,d,label\r\n1,2, 3,4,\"wave\"\r\n\r\n5,6,7,\"8\",still", "last")]
    [InlineData("\uFEFFwave,1,2,3,4\n0,5,6,7,8\n", "first")]
    public void EachRowIsASampleWithItsLabel(string csv, string labelColumn)
    {
        folder.Write("train.csv", csv);
        Dataset data = Load($$"""
            { "name": "gestures", "shape": [1, 2, 2], "classes": ["still", "wave"], "labelColumn": "{{labelColumn}}",
              "train": { "csv": "train.csv" }, "test": { "csv": "train.csv" } }
            """);
        Assert.Equal(("gestures", new Shape(1, 2, 2), 2), (data.Name, data.Shape, data.Classes));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], data.Train.Pixels.ToArray());
        Assert.Equal([1, 0], data.Train.Labels.ToArray());
        Assert.Equal(data.Train.Pixels.ToArray(), data.Test.Value.Pixels.ToArray());
    }

    [Fact]
    public void WindowsOfTimeStepsHaveOneLabelAndOverlapAsStated()
    {
        // Rows 0..5 have label 0, rows 6..9 label 1; windows of 4 rows begin at 0, 2, 4 and 6, of which 4 crosses the change.
        string csv = string.Concat(Enumerable.Range(0, 10).Select(row => $"{row},{row + 100},{(row < 6 ? 0 : 1)}\n"));
        folder.Write("log.csv", csv);
        Dataset data = Load("""{ "window": { "rows": 4, "strideRows": 2 }, "train": { "csv": "log.csv" }, "test": { "csv": "log.csv" } }""");
        Assert.Equal(new Shape(1, 4, 2), data.Shape);
        Assert.Equal([0, 0, 1], data.Train.Labels.ToArray());
        Assert.Equal([2, 102, 3, 103, 4, 104, 5, 105], data.Train.Image(1).ToArray());
        Assert.Equal(6, data.Train.Image(2)[data.Shape.Index(0, 0, 0)]);
        Assert.Equal(109, data.Train.Image(2)[data.Shape.Index(0, 3, 1)]);
    }

    [Fact]
    public void AHeldOutTestPartIsStratifiedAndDisjoint()
    {
        folder.Write("all.csv", string.Concat(Enumerable.Range(0, 100).Select(row => $"{row},{(row < 80 ? 0 : 1)}\n")));
        Dataset data = Load("""{ "shape": [1, 1, 1], "train": { "csv": "all.csv" }, "testFraction": 0.25 }""");
        Assert.Equal((75, 25), (data.Train.Count, data.Test.Value.Count));
        Assert.Equal((20, 5), (data.Test.Value.Labels.Count((byte)0), data.Test.Value.Labels.Count((byte)1)));
        Assert.Equal(Enumerable.Range(0, 100), data.Train.Pixels.ToArray().Concat(data.Test.Value.Pixels.ToArray()).Order().Select(value => (int)value));
    }

    [Fact]
    public void BrokenRowsAreNamedTogether()
    {
        folder.Write("train.csv", "1,2,0\n1,2\n1,x,0\n1,999,1\n1,2,maybe\n");
        string message = Problem("""{ "shape": [1, 2, 1], "classes": ["no", "yes"], "train": { "csv": "train.csv" }, "testFraction": 0.5 }""");
        Assert.Contains("line 2: a row has 2 values and a label: expected 3 fields, found 2; line 3, field 2: values without a stated range", message);
        Assert.Contains("found 'x'; line 4, field 2:", message);
        Assert.Contains("line 5, field 3: the label must be one of no, yes or its number 0..1, found 'maybe'.", message);
    }

    [Fact]
    public void EveryMistakeOfAManifestIsReportedAtOnce()
    {
        string message = Problem("""
            { "shape": [1, 0], "colour": true, "classes": ["a", "a"], "minimum": 2, "maximum": 1, "labelColumn": "middle",
              "train": { "csv": "a.csv", "labels": "y.npy" }, "test": { "csv": "b.csv" }, "testFraction": 7 }
            """);
        foreach (string mistake in new[]
        {
            "unknown key \"colour\"", "\"shape\" must be [height, width, channels], but is [1, 0]", "\"classes\" must be 1 to 256 different names",
            "minimum <= 0 <= maximum and minimum < maximum must hold", "\"labelColumn\" must be \"first\" or \"last\", but is \"middle\"",
            "\"train\" must be {\"csv\": FILE} or {\"samples\": ARRAY, \"labels\": ARRAY}", "exactly one of \"test\" and \"testFraction\"", "0 < testFraction < 1 must hold, but got 7",
        })
        {
            Assert.Contains(mistake, message);
        }
    }

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "one JSON object")]
    [InlineData("""{ "testFraction": 0.5 }""", "\"train\" is missing")]
    [InlineData("""{ "train": { "csv": "a.csv" }, "testFraction": 0.5 }""", "\"shape\": [height, width, channels] must be stated")]
    [InlineData("""{ "window": { "rows": 4, "strideRows": 2 }, "train": { "csv": "a.csv" }, "testFraction": 0.5 }""", "windows that overlap cannot be split")]
    [InlineData("""{ "window": { "rows": 4 }, "shape": [1, 4, 2], "train": { "csv": "a.csv" }, "testFraction": 0.5 }""", "\"shape\" and \"window\" exclude each other")]
    [InlineData("""{ "shape": [1000000, 1000000, 1], "train": { "csv": "a.csv" }, "testFraction": 0.5 }""", "too many values")]
    [InlineData("""{ "minimum": 0, "train": { "samples": "a.npy", "labels": "b.npy" }, "testFraction": 0.5 }""", "\"minimum\" and \"maximum\" go together")]
    [InlineData("""{ "shape": [1, 2, 1], "train": { "csv": "absent.csv" }, "testFraction": 0.5 }""", "absent.csv: the file does not exist.")]
    public void AnImpossibleManifestIsRefused(string manifest, string law) => Assert.Contains(law, Problem(manifest));

    [Fact]
    public void ALabelThatTrainingNeverSawIsAnErrorOfTheTestFile()
    {
        folder.Write("train.csv", "1,0\n2,1\n");
        folder.Write("test.csv", "1,2\n");
        Dataset data = Load("""{ "shape": [1, 1, 1], "train": { "csv": "train.csv" }, "test": { "csv": "test.csv" } }""");
        Assert.Contains("expected 0..1, found 2", Assert.Throws<DatasetException>(() => data.Test.Value).Message);
    }

    [Fact]
    public void AnyMutationOfManifestAndRowsIsAnErrorOrADataset() => MutateManifestAndRows(seeds: 1000);

    [Fact]
    [Trait("Category", "Exhaustive")]
    public void AnyMutationOfManifestAndRowsIsAnErrorOrADatasetExhaustively() => MutateManifestAndRows(seeds: 40000);

    private void MutateManifestAndRows(ulong seeds)
    {
        byte[] manifest = """{ "shape": [1, 2, 1], "classes": ["no", "yes"], "minimum": -1, "maximum": 1e2, "train": { "csv": "a.csv" }, "test": { "csv": "a.csv" } }"""u8.ToArray();
        byte[] windows = """{ "window": { "rows": 2, "strideRows": 1 }, "labelColumn": "last", "train": { "csv": "a.csv" }, "test": { "csv": "a.csv" } }"""u8.ToArray();
        byte[] rows = "x,y,label\n1,2,0\n3,4,1\n5,6,1\n\"7\",8,0\n"u8.ToArray();
        ulong errors = 0;
        for (ulong seed = 0; seed < seeds; seed++)
        {
            var random = new SeededRandom(seed);
            byte[] good = seed % 2 == 0 ? manifest : windows;
            folder.Write("dataset.json", seed % 3 == 0 ? good : Mutations.Of(good, random));
            folder.Write("a.csv", seed % 3 == 0 ? Mutations.Of(rows, random) : rows);
            try
            {
                Dataset data = DatasetCatalog.Load(folder.Path);
                Assert.True(data.Train.Count > 0 && data.Test.Value.Count > 0);
            }
            catch (DatasetException)
            {
                errors++;
            }
        }

        Assert.InRange(errors, seeds / 4, seeds - 1);
    }

    [Theory]
    [InlineData("""{ "name": "\ud800", "shape": [1, 1, 1], "train": { "csv": "a.csv" }, "testFraction": 0.5 }""", "not Unicode")]
    [InlineData("""{ "shape": [1, 1, 1], "train": { "csv": "a\u0000.csv" }, "testFraction": 0.5 }""", ".csv")]
    [InlineData("""{ "shape": [1, 1, 1], "train": { "csv": "." }, "testFraction": 0.5 }""", "denied")]
    [InlineData("""{ "shape": [1, 1, 1], "train": { "csv": "a.csv" }, "testFraction": 0.01 }""", "testFraction 0.01 of 2 samples is 0, but both parts need at least one")]
    public void TextsAndPathsThatCannotBeAreRefused(string manifest, string law)
    {
        folder.Write("a.csv", "1,0\n2,0\n");
        Assert.Contains(law, Problem(manifest));
    }

    [Fact]
    public void APathThatIsNoDatasetSaysWhatToDo()
    {
        Assert.Contains("has neither a dataset.json nor train-images-idx3-ubyte", Assert.Throws<DatasetException>(() => DatasetCatalog.Load(folder.Path)).Message);
        string csv = folder.Write("lonely.csv", "1,2");
        Assert.Contains("describe this file in a dataset.json", Assert.Throws<DatasetException>(() => DatasetCatalog.Load(csv)).Message);
        Assert.Contains("neither a known dataset (glyphs, mnist", Assert.Throws<DatasetException>(() => DatasetCatalog.Load("mnits")).Message);
    }

    public void Dispose() => folder.Dispose();

    private Dataset Load(string manifest)
    {
        folder.Write("dataset.json", manifest);
        return DatasetCatalog.Load(folder.Path);
    }

    private string Problem(string manifest) => Assert.Throws<DatasetException>(() => Load(manifest)).Message;
}
