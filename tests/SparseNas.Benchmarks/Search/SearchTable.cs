using System.Globalization;
using System.IO.Compression;
using SparseNas.Networks;
using SparseNas.Search;
using SparseNas.Testing;
using SparseNas.Training.Data;

namespace SparseNas.Benchmarks.Search;

/// <summary>
/// Every architecture of <see cref="BenchmarkSpace"/>, trained once on the same 800 drawn digits and scored on the same held-out ones:
/// <c>search-table OUT.csv.gz</c> makes the file that lies beside this source. One line per architecture: blueprint, validation error, parameter bytes,
/// working-memory peak bytes, multiply-accumulates.
/// </summary>
internal sealed class SearchTable
{
    private readonly Dictionary<string, Score> scores = new(StringComparer.Ordinal);

    public int Count => scores.Count;

    public Score this[Blueprint blueprint] => scores[blueprint.ToString()];

    public IEnumerable<Score> Scores => scores.Values;

    /// <summary>Trains what a partial table lacks, on all cores.</summary>
    public static void Generate(string[] args)
    {
        string path = args[0], partial = path + ".partial";
        HashSet<string> done = [.. File.Exists(partial) ? File.ReadLines(partial).Select(line => line.Split(';')[0]) : []];
        Dataset dataset = DatasetCatalog.Load(BenchmarkSpace.Study.Dataset.Name);
        PipelineEvaluator evaluator = PipelineEvaluator.For(BenchmarkSpace.Study, dataset, null);
        SearchSpace space = SearchSpace.Of(BenchmarkSpace.Study, dataset.Shape, dataset.Classes);
        Candidate template = space.Sample(new SeededRandom(1));
        (Blueprint Blueprint, int Number)[] open = [.. BenchmarkSpace.All().Select((blueprint, index) => (blueprint, index + 1)).Where(item => !done.Contains(item.blueprint.ToString()))];
        using (var writer = new StreamWriter(partial, append: true))
        {
            Parallel.ForEach(open, item =>
            {
                Candidate candidate = template with { Blueprint = item.Blueprint };
                Score score = evaluator.Evaluate(new EvaluationRequest(item.Number, candidate, space.Assemble(candidate), (ulong)item.Number, null), default).Score!;
                lock (writer)
                {
                    writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
                        $"{item.Blueprint};{score.ValidationError:R};{score.ParameterBytes};{score.WorkingMemoryPeakBytes};{score.Macs}"));
                    writer.Flush();
                }
            });
        }

        using var gzip = new GZipStream(File.Create(path), CompressionLevel.SmallestSize);
        using var sorted = new StreamWriter(gzip);
        foreach (string line in File.ReadLines(partial).Order(StringComparer.Ordinal)) sorted.WriteLine(line);
        Console.WriteLine($"{done.Count + open.Length} architectures in {path}");
    }

    /// <summary>Reads the table that lies beside this source.</summary>
    public static SearchTable Load() => Load(Path.Combine(SharedFiles.RepositoryRoot, "tests", "SparseNas.Benchmarks", "Search", "table.csv.gz"));

    /// <summary>Reads a table.</summary>
    public static SearchTable Load(string path)
    {
        SearchTable table = new();
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            string[] fields = line.Split(';');
            double error = double.Parse(fields[1], CultureInfo.InvariantCulture);
            int bytes = int.Parse(fields[2], CultureInfo.InvariantCulture), peak = int.Parse(fields[3], CultureInfo.InvariantCulture);
            table.scores.Add(fields[0], new Score
            {
                ValidationError = error, FloatValidationError = error, ParameterBytes = bytes, L0 = bytes, WorkingMemoryPeakBytes = peak,
                Wm1Elements = 0, Wm2Elements = 0, Macs = long.Parse(fields[4], CultureInfo.InvariantCulture),
            });
        }

        return table;
    }
}
