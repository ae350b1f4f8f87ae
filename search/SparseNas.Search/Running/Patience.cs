using System.Globalization;
using SparseNas.Training;

namespace SparseNas.Search;

/// <summary>Watches a training and ends it when the study's bound says that it is hopeless.</summary>
internal sealed class Patience : IDisposable
{
    private readonly CancellationTokenSource source;

    public Patience(GiveUp? bound, CancellationToken cancellation)
    {
        source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Progress = bound is null ? null : new Watch(this, bound);
    }

    /// <summary>To be told after every epoch; null when nothing is watched, so that nothing is measured.</summary>
    public IProgress<EpochReport>? Progress { get; }

    /// <summary>Ends the training.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Why it was ended; null when it was not, or not for this.</summary>
    public string? Verdict { get; private set; }

    public void Dispose() => source.Dispose();

    private sealed class Watch(Patience owner, GiveUp bound) : IProgress<EpochReport>
    {
        public void Report(EpochReport report)
        {
            if (report.Epoch != bound.AfterEpochs || report.Epoch == report.Epochs || !(report.ValidationError > bound.Error)) return;
            owner.Verdict = string.Create(
                CultureInfo.InvariantCulture, $"validation error {report.ValidationError:0.####} after epoch {report.Epoch} of {report.Epochs}, above {bound.Error}");
            owner.source.Cancel();
        }
    }
}
