using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search.InferNet.Tests;

public class InferNetSurrogateTests
{
    private const string Text = """
        {
          "name": "infer", "seed": 7, "trials": 40, "dataset": { "name": "glyphs" },
          "objectives": [ { "name": "validationError" }, { "name": "parameterBytes", "limit": 6144 } ],
          "space": {
            "input": { "downsample": [1, 2] },
            "blocks": { "count": { "from": 1, "to": 4 }, "kinds": ["conv", "separable"], "kernels": [3, 5], "channels": [4, 8, 12, 16], "pooling": ["none", "max2"] }
          },
          "training": { "learningRate": { "from": 0.001, "to": 0.1, "scale": "log" } },
          "optimizer": { "kind": "bayesian", "acquisition": "ACQUISITION", "pool": 20, "initialTrials": 6 }
        }
        """;

    private static readonly Shape Image = new(28, 28, 1);

    [Fact]
    public void UnseenCandidatesArePredictedAndJointlyAsOneByOne()
    {
        SearchSpace space = SearchSpace.Of(StudyOf("thompson"), Image, 10);
        SeededRandom random = new(2);
        (ImmutableArray<SurrogateInput> inputs, double[] values) = Draw(space, 120, random);
        (ImmutableArray<SurrogateInput> unseen, double[] truth) = Draw(space, 60, random);

        IPosterior posterior = new InferNetSurrogate(48).Fit(inputs, [.. values]);
        Prediction prediction = posterior.Predict(unseen);
        double mean = values.Average();
        double residual = truth.Zip(prediction.Mean, (t, p) => (t - p) * (t - p)).Sum(), total = truth.Sum(t => (t - mean) * (t - mean));
        Assert.InRange(residual / total, 0, 0.3);
        Assert.All(prediction.Deviation, deviation => Assert.InRange(deviation, 1e-6, 2 * Math.Sqrt(total / truth.Length)));

        JointPrediction joint = posterior.PredictJointly(unseen);
        Assert.All(joint.Mean.Zip(prediction.Mean), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.All(joint.Deviation.Zip(prediction.Deviation), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Theory]
    [InlineData("thompson")]
    [InlineData("hypervolumeImprovement")]
    public void ItDrivesTheBayesianSearchAlikeEveryTime(string acquisition)
    {
        Study study = StudyOf(acquisition);
        SearchSpace space = SearchSpace.Of(study, Image, 10);
        SeededRandom random = new(3);
        ImmutableArray<Trial> trials = [.. Enumerable.Range(1, 20).Select(number => TrialOf(number, space.Sample(random)))];
        Candidate[] proposals = [.. Enumerable.Range(0, 2).Select(_ => new BayesianSearch(study, space, new InferNetSurrogate()).Propose(new TrialHistory(trials, []), new SeededRandom(5)).First())];

        Assert.Equal(proposals[0], proposals[1]);
        Assert.True(space.Contains(proposals[0]));
    }

    private static Study StudyOf(string acquisition) => Study.Parse("infer", Text.Replace("ACQUISITION", acquisition, StringComparison.Ordinal));

    private static double ValueOf(Forecast forecast, Candidate candidate) =>
        (-0.5 * Math.Log(forecast.Macs + 100)) + (0.3 * candidate.Blueprint.Blocks.Length) - (candidate.Blueprint.Head.HasGlobalPooling ? 0.5 : 0);

    private static Trial TrialOf(int number, Candidate candidate)
    {
        Forecast forecast = Forecast.Of(candidate, Image, 10);
        double error = 0.5 / (1 + Math.Exp(-ValueOf(forecast, candidate) - 4));
        return new Trial(number, candidate, TrialStatus.Completed, null, new Score
        {
            ValidationError = error, FloatValidationError = error, ParameterBytes = forecast.ParameterBytes, L0 = forecast.L0,
            WorkingMemoryPeakBytes = forecast.WorkingMemoryPeakBytes, Wm1Elements = 1, Wm2Elements = 1, Macs = forecast.Macs,
        }, 0);
    }

    private static (ImmutableArray<SurrogateInput> Inputs, double[] Values) Draw(SearchSpace space, int count, SeededRandom random)
    {
        (SurrogateInput Input, double Value)[] drawn = [.. Enumerable.Range(0, count).Select(_ =>
        {
            Candidate candidate = space.Sample(random);
            Forecast forecast = Forecast.Of(candidate, Image, 10);
            return (SurrogateInput.Of(candidate, forecast, space.Architectures, 4), ValueOf(forecast, candidate));
        })];
        return ([.. drawn.Select(item => item.Input)], [.. drawn.Select(item => item.Value)]);
    }
}
