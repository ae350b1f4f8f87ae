using System.Globalization;
using SparseNas.Training;

namespace SparseNas.Search;

/// <summary>Watches a training and ends it when the study's bound says that it is hopeless, or its learning curve that it is beaten.</summary>
internal sealed class Patience : IDisposable
{
    private readonly CancellationTokenSource source;

    /// <summary>Watches.</summary>
    /// <param name="bound">What every training must reach, or null.</param>
    /// <param name="curves">Judges half-way, or null for no judgement.</param>
    /// <param name="cancellation">Ends the training from outside.</param>
    public Patience(GiveUp? bound, LearningCurves? curves, CancellationToken cancellation)
    {
        source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Progress = bound is null && curves is null ? null : new Watch(this, bound, curves);
    }

    /// <summary>To be told after the epochs that matter; null when nothing is watched.</summary>
    public IProgress<EpochReport>? Progress { get; }

    /// <summary>Ends the training.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Why it was ended; null when it was not, or not for this.</summary>
    public string? Verdict { get; private set; }

    /// <summary>Validation error half-way; null when it was not measured.</summary>
    public double? HalfwayError { get; private set; }

    public void Dispose() => source.Dispose();

    private void End(string verdict)
    {
        Verdict = verdict;
        source.Cancel();
    }

    private sealed class Watch(Patience owner, GiveUp? bound, LearningCurves? curves) : IChosenEpochs
    {
        public bool Wants(int epoch, int epochs) => epoch < epochs && (epoch == bound?.AfterEpochs || IsHalfway(epoch, epochs));

        public void Report(EpochReport report)
        {
            if (report.ValidationError is not { } error) return;
            if (report.Epoch == bound?.AfterEpochs && error > bound.Error)
            {
                owner.End(string.Create(CultureInfo.InvariantCulture, $"validation error {error:0.####} after epoch {report.Epoch} of {report.Epochs}, above {bound.Error}"));
            }
            else if (IsHalfway(report.Epoch, report.Epochs))
            {
                owner.HalfwayError = error;
                if (curves!.Verdict(error) is { } verdict) owner.End(verdict);
            }
        }

        private bool IsHalfway(int epoch, int epochs) => curves is not null && epoch == LearningCurves.Halfway(epochs);
    }
}
