using System.Collections.Immutable;
using SparseNas.Boards;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Quantization.Execution;
using SparseNas.Training.Data;

namespace SparseNas.Search.Tests;

/// <summary>The real pipeline on a few drawn digits: small, but every stage.</summary>
public class PipelineEvaluatorTests
{
    private static readonly Dataset Glyphs = Trap(DatasetCatalog.Load("glyphs"));

    private static readonly Study Small = TestStudies.Parse("""
        {
          "name": "small", "seed": 3, "trials": 10, "board": "ESP32_C3",
          "dataset": { "name": "glyphs", "validationFraction": 0.1, "trainingSamples": 400 },
          "objectives": [ { "name": "validationError" }, { "name": "parameterBytes", "limit": 3000 }, { "name": "cycles" } ],
          "space": { "input": { "downsample": [2, 4] },
            "blocks": { "count": [1, 2], "kinds": ["conv", "separable", "residual"], "kernels": [3], "channels": [4, 6], "innerChannels": 2, "pooling": ["none", "max2"] } },
          "training": { "epochs": 2, "batchSize": 32, "optimizer": "adam", "learningRate": 0.01, "fineTuneEpochs": 1 },
          "pruning": { "structures": ["none", "weights", "channels"], "methods": ["magnitude", "dynamic", "bayesian", "horseshoe"], "sparsity": 0.5 },
          "quantization": { "weightBits": [8, 4] },
          "optimizer": { "kind": "evolution", "population": 6, "sample": 2, "initialTrials": 4 }
        }
        """);

    private static readonly BoardProfile Board = BoardCatalog.Default.Find("ESP32_C3");

    [Fact]
    public void ScoresAreThoseOfTheStoredIntegerNetworkWhateverTheWorkers()
    {
        using TemporaryFolder folder = new();
        StudyRun one = Run(folder["one"], 1), two = Run(folder["two"], 2);

        Assert.Equal(RunEnd.Finished, one.End);
        Assert.Equal(WithoutTime(one), WithoutTime(two));
        Trial[] scored = [.. one.Record.Trials.Where(trial => trial.Score is not null)];
        Assert.NotEmpty(scored);
        Samples validation = Glyphs.Train.SplitStratified(0.1, new SeededRandom(Small.Seed, 0, (ulong)SeedPurpose.Split)).Validation;
        foreach (Trial trial in scored)
        {
            QuantizedNetwork network = one.Record.LoadQuantized(trial.Number);
            Assert.Equal(IntegerExecutor.Error(network, validation), trial.Score!.ValidationError);
            Assert.Equal(PackedSize.Of(network).ParameterBytes, trial.Score.ParameterBytes);
            CodeChoice deployed = CodeChoice.Make(
                network, EmissionGoal.Auto, Board.CostTable, EmissionBudget.Unlimited with { WorkingMemoryBytes = trial.Score.WorkingMemoryPeakBytes });
            Assert.Equal(deployed.Plan.PeakBytes, trial.Score.WorkingMemoryPeakBytes);
            Assert.Equal((long)Math.Round(deployed.Cost.Cycles), trial.Score.Cycles);
            Assert.True(trial.Score is { Cycles: > 0, CostTable.Length: > 0 });
        }

        Assert.Contains(scored, trial => trial.Candidate.Parent is not null);
        Assert.Contains(scored, trial => trial.Candidate.Pruning.Structure != PruningStructure.None);
    }

    /// <summary>Without pruning a forecast may be short of bias widths and of the code's local variables, and of no multiplication.</summary>
    [Fact]
    public void ForecastsAreLowerBounds()
    {
        using TemporaryFolder folder = new();
        foreach (Trial trial in Run(folder["study"], 2).Record.Trials.Where(trial => trial.Score is not null && trial.Candidate.Pruning == PruningChoice.None))
        {
            Forecast forecast = Forecast.Of(trial.Candidate, Glyphs.Shape, Glyphs.Classes);
            Assert.InRange(forecast.ParameterBytes, 1, trial.Score!.ParameterBytes);
            Assert.InRange(forecast.WorkingMemoryPeakBytes, 1, trial.Score.WorkingMemoryPeakBytes);
            Assert.Equal(trial.Score.Macs, forecast.Macs);
        }
    }

    [Fact]
    public void AHeadGathersAndEveryLayerHasItsOwnBits()
    {
        Study study = TestStudies.Parse(Small.Text.Replace("\"weightBits\": [8, 4]", "\"weightBits\": [8, 4, 2], \"perLayer\": true", StringComparison.Ordinal)
            .Replace("\"input\": {", "\"head\": { \"kinds\": \"dense\", \"gather\": [0.25, 1] }, \"input\": {", StringComparison.Ordinal));
        SearchSpace space = SearchSpace.Of(study, Glyphs.Shape, Glyphs.Classes);
        Blueprint blueprint = BlueprintText.Read("down2 | conv3x4 bn max2 4bit | conv3x6 bn | flat gather0.25 2bit").Blueprint!;
        Candidate candidate = space.Sample(new SeededRandom(1)) with { Blueprint = blueprint, Pruning = PruningChoice.None };
        Assert.True(space.Contains(candidate));
        Evaluation evaluation = PipelineEvaluator.For(study, Glyphs, null).Evaluate(
            new EvaluationRequest(1, candidate, space.Assemble(candidate), 1, null), CancellationToken.None);

        Assert.Equal([4, 8, 2], evaluation.Quantized!.Operators.OfType<QuantizedKernel>().Select(op => op.Kernel.Bits));
        int features = space.Assemble(candidate).InputOf(space.Assemble(candidate).Nodes.Length - 1).Elements;
        IntegerKernel head = ((QuantizedKernel)evaluation.Quantized.Operators[^1]).Kernel;
        int inputs = head.Weights.Length / Glyphs.Classes;
        int read = Enumerable.Range(0, inputs).Count(feature => Enumerable.Range(0, Glyphs.Classes).Any(output => head.Weights[(output * inputs) + feature] != 0));
        Assert.InRange(read, 1, (features + 3) / 4);
        Forecast forecast = Forecast.Of(candidate, Glyphs.Shape, Glyphs.Classes);
        Assert.InRange(evaluation.Score!.ParameterBytes, forecast.ParameterBytes / 2, forecast.ParameterBytes * 5 / 4);   // features that round away at 2 bits
        Assert.True(forecast.Macs <= evaluation.Score.Macs);
    }

    [Fact]
    public void ADivergedTrainingIsAFailedTrialWithItsReason()
    {
        Study wild = TestStudies.Parse(Small.Text.Replace("\"learningRate\": 0.01", "\"learningRate\": 9", StringComparison.Ordinal)
            .Replace("\"adam\"", "\"sgd\"", StringComparison.Ordinal).Replace("\"channels\": [4, 6]", "\"batchNorm\": false, \"channels\": [4, 6]", StringComparison.Ordinal));
        using TemporaryFolder folder = new();
        StudyRun run = Run(folder["study"], 1, wild);
        Assert.Equal(10, run.Record.Trials.Length);
        Assert.Contains(run.Record.Trials, trial => trial.Status == TrialStatus.Failed && trial.Reason!.StartsWith("training diverged", StringComparison.Ordinal));
    }

    [Fact]
    public void AHopelessTrainingIsStoppedEarlyAndChangesNoOther()
    {
        Study patient = Small.With(trials: 4), impatient = TestStudies.Parse(patient.Text.Replace("\"epochs\": 2", "\"epochs\": 2, \"giveUp\": { \"afterEpochs\": 1, \"error\": 0.8 }", StringComparison.Ordinal));
        using TemporaryFolder folder = new();
        Trial[] all = [.. Run(folder["patient"], 2, patient).Record.Trials], some = [.. Run(folder["impatient"], 2, impatient).Record.Trials];
        Assert.Contains(some, trial => trial.Status == TrialStatus.StoppedEarly && trial.Reason!.StartsWith("validation error 0.", StringComparison.Ordinal));
        foreach (var (expected, actual) in all.Zip(some).Where(pair => pair.Second.Status != TrialStatus.StoppedEarly)) Assert.Equal(expected.Score, actual.Score);
    }

    [Fact]
    public void ALearningCurveThatCannotReachTheFrontIsStoppedTheSameWithAnyNumberOfWorkers()
    {
        Study study = TestStudies.Parse(Small.Text.Replace("\"epochs\": 2", "\"epochs\": 2, \"stopEarly\": { \"comparable\": 1 }", StringComparison.Ordinal)
            .Replace(", { \"name\": \"cycles\" }", "", StringComparison.Ordinal));   // of cycles no bound is known here, so that nobody is beaten in them
        using TemporaryFolder folder = new();
        StudyRun one = Run(folder["one"], 1, study), two = Run(folder["two"], 2, study);

        Assert.Contains(one.Record.Trials, trial => trial.Status == TrialStatus.StoppedEarly && trial.Reason!.Contains("half-way", StringComparison.Ordinal) && trial.HalfwayError > 0);
        Assert.Equal(WithoutTime(one), WithoutTime(two));
        Assert.All(one.Record.Trials.Where(trial => trial.IsCompleted && trial.Candidate.Training.Epochs > 1), trial => Assert.InRange(trial.HalfwayError!.Value, 0, 1));
    }

    private static StudyRun Run(string folder, int workers, Study? study = null)
    {
        study ??= Small;
        using StudyStore store = StudyStore.Create(folder, study);
        SearchSpace space = SearchSpace.Of(study, Glyphs.Shape, Glyphs.Classes);
        return StudyRunner.Run(store, space, PipelineEvaluator.For(study, Glyphs, Board), new RunOptions(workers));
    }

    private static Trial[] WithoutTime(StudyRun run) => [.. run.Record.Trials.Select(trial => trial with { Seconds = 0 })];

    /// <summary>A search that touches test data fails.</summary>
    private static Dataset Trap(Dataset dataset) =>
        dataset with { Test = new Lazy<Samples>(() => throw new InvalidOperationException("Test data is for the final report alone.")) };
}
