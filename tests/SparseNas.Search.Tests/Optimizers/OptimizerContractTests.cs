using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search.Tests;

/// <summary>What every optimiser owes: determinism, exact resume, limits, the space, and proposals that do not depend on the number of workers.</summary>
public class OptimizerContractTests
{
    public static TheoryData<string> Settings =>
    [
        "\"kind\": \"random\"",
        "\"kind\": \"evolution\", \"population\": 8, \"sample\": 3",
        "\"kind\": \"nsga2\", \"population\": 6, \"sample\": 2",
        "\"kind\": \"bayesian\", \"acquisition\": \"thompson\", \"pool\": 20",
        "\"kind\": \"bayesian\", \"acquisition\": \"hypervolumeImprovement\", \"pool\": 20",
        "\"kind\": \"evolution\", \"population\": 8, \"sample\": 3, \"rungEpochs\": [1, 3, 9]",
        "\"kind\": \"bayesian\", \"pool\": 20, \"rungEpochs\": [1, 3], \"inheritWeights\": false",
    ];

    [Theory]
    [MemberData(nameof(Settings))]
    public void WorkersAndInterruptionsChangeNothing(string settings)
    {
        using TemporaryFolder folder = new();
        Study study = StudyWith(settings);
        ImmutableArray<Trial> one = Run(folder["one"], study, 1), three = Run(folder["three"], study, 3);
        Run(folder["resumed"], study.With(trials: 9), 2);
        Run(folder["resumed"], study.With(trials: 17), 1);
        ImmutableArray<Trial> resumed = Run(folder["resumed"], study, 3);

        Assert.Equal(study.Trials, one.Length);
        Assert.Equal(one.ToArray(), three.ToArray());
        Assert.Equal(one.ToArray(), resumed.ToArray());
        Assert.NotEqual(one.ToArray(), Run(folder["other"], study.With(seed: 99), 1).ToArray());
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void CandidatesStayInTheSpaceAndWithinTheLimits(string settings)
    {
        using TemporaryFolder folder = new();
        Study study = StudyWith(settings);
        SearchSpace space = SearchSpace.Of(study, new Shape(12, 12, 1), 10);
        ImmutableArray<Trial> trials = Run(folder["study"], study, 1);
        Assert.All(trials, trial => Assert.True(space.Contains(trial.Candidate), trial.Candidate.Origin));
        Assert.All(trials, trial => Assert.Null(Forecast.Of(trial.Candidate, new Shape(12, 12, 1), 10).BrokenLimit(study.Objectives)));
        Assert.All(trials, trial => Assert.True(trial.Candidate.Parent is not { } parent || parent <= trial.Number - study.Optimizer.Lag));
    }

    /// <summary>Where good candidates share a few traits, an optimiser that learns them leaves chance behind: median of three seeds.</summary>
    [Theory]
    [InlineData("\"kind\": \"evolution\", \"population\": 16, \"sample\": 5")]
    [InlineData("\"kind\": \"nsga2\", \"population\": 12, \"sample\": 5")]
    [InlineData("\"kind\": \"bayesian\", \"pool\": 25")]
    [InlineData("\"kind\": \"bayesian\", \"acquisition\": \"hypervolumeImprovement\", \"pool\": 25")]
    public void LearningBeatsChance(string settings)
    {
        double Median(string kind) => Enumerable.Range(1, 3).Select(seed => VolumeAfter(Chains(StudyWith(kind)).With(trials: 70, seed: (ulong)seed))).Order().ElementAt(1);
        double chance = Median("\"kind\": \"random\""), learned = Median(settings);
        Assert.True(learned > 1.05 * chance, $"{settings}: {learned} against {chance} by chance");
    }

    /// <summary>Without the choices that no trait below depends on: in so few trials they would only be noise.</summary>
    private static Study Chains(Study study) => TestStudies.Parse(study.Text.Replace(", \"parallel\"", "", StringComparison.Ordinal)
        .Replace("\"gather\": [0.25, 0.5, 1]", "\"gather\": 1", StringComparison.Ordinal).Replace("\"perLayer\": true", "\"perLayer\": false", StringComparison.Ordinal));

    private static double VolumeAfter(Study study)
    {
        using TemporaryFolder folder = new();
        IEnumerable<double[]> points = StudyProcess.Run(folder["study"], study, 1, new TraitEvaluator()).Record.Trials
            .Where(trial => trial.IsCompleted).Select(trial => ParetoFront.PointOf(trial, study.Objectives));
        return Hypervolume.Of(points.Select(point => new[] { point[0] / 0.5, Math.Log(point[1] / 20, 6144 / 20.0), Math.Log(point[2] / 144, 4096 / 144.0) }), [1, 1, 1]);
    }

    /// <summary>Errs less the nearer the learning rate is to 0.01, the more blocks are normalised 5x5 ones, and with a dense head.</summary>
    private sealed class TraitEvaluator : IEvaluator
    {
        public Evaluation Evaluate(EvaluationRequest request, CancellationToken cancellation)
        {
            Forecast forecast = Forecast.Of(request.Candidate, request.Architecture.Input, request.Architecture.Classes);
            Blueprint blueprint = request.Candidate.Blueprint;
            double traits = blueprint.Blocks.Length == 0 ? 1 : blueprint.Blocks.Average(block => (block.HasBatchNorm ? 0 : 0.4) + (block.Kernel == 5 ? 0 : 0.6));
            double error = 0.02 + (0.08 * Math.Abs(Math.Log(request.Candidate.Training.LearningRate / 0.01))) + (0.2 * traits)
                + (blueprint.Head.HasGlobalPooling ? 0.1 : 0) + (0.2 / Math.Sqrt(1 + (forecast.ParameterBytes / 200.0)));
            return new Evaluation(TrialStatus.Completed, null, new Score
            {
                ValidationError = error, FloatValidationError = error, ParameterBytes = forecast.ParameterBytes, L0 = forecast.L0,
                WorkingMemoryPeakBytes = forecast.WorkingMemoryPeakBytes, Wm1Elements = 1, Wm2Elements = 1, Macs = forecast.Macs,
            });
        }
    }

    private static Study StudyWith(string settings) => TestStudies.Parse(TestStudies.Rich.Replace(
        "\"kind\": \"evolution\", \"population\": 8, \"sample\": 3, \"initialTrials\": 6, \"lag\": 2",
        settings.Contains("initialTrials", StringComparison.Ordinal) ? settings + ", \"lag\": 3" : settings + ", \"initialTrials\": 6, \"lag\": 3", StringComparison.Ordinal)
        .Replace("\"validationError\", \"target\": 0.02", "\"validationError\", \"target\": 0.1", StringComparison.Ordinal));   // interest ends at five times the target

    private static ImmutableArray<Trial> Run(string folder, Study study, int workers) =>
        [.. StudyProcess.Run(folder, study, workers, new SyntheticEvaluator(failingShare: 0.1)).Record.Trials.Select(trial => trial with { Seconds = 0 })];
}
