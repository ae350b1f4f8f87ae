using SparseNas.Search;

namespace SparseNas.Benchmarks.Search;

/// <summary>One question to the table: which objectives, on which part of its space, up to which error, from which seeds on.</summary>
/// <param name="Name">For reports.</param>
/// <param name="Objectives">Names; the first is the error.</param>
/// <param name="Kinds">Kinds of blocks.</param>
/// <param name="WorstError">The reference point's error; its other coordinates are the largest of the part.</param>
/// <param name="FirstSeed">Seeds count up from here.</param>
internal sealed record TableProblem(string Name, string[] Objectives, string[] Kinds, double WorstError, int FirstSeed)
{
    private static readonly string[] Both = ["conv", "separable"];

    /// <summary>The problem of the table as it was made. Optimiser settings were once chosen while looking at it, from seeds 1 to 20.</summary>
    public static TableProblem Main { get; } = new("error, bytes, macs", ["validationError", "parameterBytes", "macs"], Both, 0.5, 1);

    /// <summary>Problems that no setting was chosen on: other seeds, other objectives, a stricter reference point, and each kind of block by itself.</summary>
    public static IReadOnlyList<TableProblem> HeldOut { get; } =
    [
        new("the same from other seeds", Main.Objectives, Both, 0.5, 101),
        new("error, memory", ["validationError", "workingMemoryPeakBytes"], Both, 0.5, 201),
        new("error, memory, macs, up to 25 % error", ["validationError", "workingMemoryPeakBytes", "macs"], Both, 0.25, 301),
        new("convolutions only: error, bytes, memory", ["validationError", "parameterBytes", "workingMemoryPeakBytes"], ["conv"], 0.5, 401),
        new("separable only: error, bytes, macs", Main.Objectives, ["separable"], 0.5, 501),
    ];

    /// <summary>The study text of this problem.</summary>
    public string Narrowed(string study) => study
        .Replace("{ \"name\": \"validationError\", \"limit\": 0.5 }, { \"name\": \"parameterBytes\" }, { \"name\": \"macs\" }", string.Join(", ", Objectives.Select(Show)), StringComparison.Ordinal)
        .Replace("\"kinds\": [\"conv\", \"separable\"]", $"\"kinds\": [{string.Join(", ", Kinds.Select(kind => $"\"{kind}\""))}]", StringComparison.Ordinal);

    /// <summary>
    /// Objectives between 0, the best of this part of the table, and 1, the reference point; sizes on a log scale.
    /// </summary>
    public Func<Score, double[]> Scale(IReadOnlyCollection<Score> scores)
    {
        Objective[] objectives = [.. Objectives.Select(name => new Objective(Objective.Names[name]))];
        double[] least = [.. objectives.Select(objective => scores.Min(objective.Of))], most = [.. objectives.Select(objective => scores.Max(objective.Of))];
        return score => [.. objectives.Select((objective, axis) => axis == 0
            ? objective.Of(score) / WorstError
            : Math.Log(objective.Of(score) / least[axis]) / Math.Log(most[axis] / least[axis]))];
    }

    private string Show(string name) => name == "validationError"
        ? FormattableString.Invariant($"{{ \"name\": \"validationError\", \"limit\": {WorstError} }}")
        : $"{{ \"name\": \"{name}\" }}";
}
