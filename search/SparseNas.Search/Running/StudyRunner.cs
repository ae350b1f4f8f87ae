using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>How a run is carried out; none of it changes a trial.</summary>
/// <param name="Workers">Trials side by side, each on one core; more than the study's lag stay idle.</param>
/// <param name="Time">How long the run may take; null for the study's own time.</param>
/// <param name="Clock">Where time comes from; null for the system's.</param>
public sealed record RunOptions(int Workers = 1, TimeSpan? Time = null, TimeProvider? Clock = null);

/// <summary>
/// Runs the trials of a study that are not finished. Trial n is proposed from trials 1 .. n − lag and from random numbers of its own, and is
/// recorded before anyone sees it; so any number of workers and any interruption give the same trials.
/// </summary>
/// <example><code>
/// using StudyStore store = StudyStore.Create("runs/mnist", study);
/// SearchSpace space = SearchSpace.Of(study, dataset.Shape, dataset.Classes);
/// StudyRun run = StudyRunner.Run(store, space, PipelineEvaluator.For(study, dataset), new RunOptions(Workers: 2), progress, cancellation);
/// </code></example>
public sealed class StudyRunner
{
    /// <summary>A trial to carry out.</summary>
    /// <param name="Number">Its number.</param>
    /// <param name="Candidate">What to try.</param>
    /// <param name="BrokenLimit">The limit that it cannot keep, or null.</param>
    /// <param name="Known">The trials that it was proposed from.</param>
    private sealed record Proposal(int Number, Candidate Candidate, string? BrokenLimit, ImmutableArray<Trial> Known);

    private readonly StudyStore store;
    private readonly Study study;
    private readonly SearchSpace space;
    private readonly IEvaluator evaluator;
    private readonly IOptimizer optimizer;
    private readonly IProgress<StudyProgress>? progress;
    private readonly TimeProvider clock;
    private readonly long begin;
    private readonly object gate = new();
    private readonly SortedDictionary<int, Trial> finished = [];
    private readonly Dictionary<int, Candidate> running = [];
    private readonly CancellationTokenSource stop;
    private ParetoFront front;
    private int finishedHere;
    private Exception? failure;

    private StudyRunner(
        StudyStore store, SearchSpace space, IEvaluator evaluator, RunOptions options, IProgress<StudyProgress>? progress, CancellationToken cancellation)
    {
        this.store = store;
        study = store.Study;
        this.space = space;
        this.evaluator = evaluator;
        this.progress = progress;
        optimizer = Optimizers.For(study, space);
        clock = options.Clock ?? TimeProvider.System;
        begin = clock.GetTimestamp();
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        foreach (Trial trial in store.Trials) finished[trial.Number] = trial;
        front = ParetoFront.Of(finished.Values, study.Objectives);
    }

    /// <summary>Runs until all trials are finished, the time is up or the run is cancelled.</summary>
    /// <param name="store">The study, open for writing.</param>
    /// <param name="space">Its space.</param>
    /// <param name="evaluator">Scores candidates.</param>
    /// <param name="options">Workers and time.</param>
    /// <param name="progress">Told of every finished trial, from worker threads, one at a time.</param>
    /// <param name="cancellation">Ends the run; trials under way leave no trace.</param>
    /// <exception cref="StudyStoreException">A trial could not be recorded.</exception>
    public static StudyRun Run(
        StudyStore store, SearchSpace space, IEvaluator evaluator, RunOptions options, IProgress<StudyProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Workers, 1);
        var runner = new StudyRunner(store, space, evaluator, options, progress, cancellation);
        using (runner.stop)
        {
            TimeSpan? time = options.Time ?? store.Study.Time;
            using ITimer? timer = time is null ? null : runner.clock.CreateTimer(_ => runner.Stop(), null, time.Value, Timeout.InfiniteTimeSpan);
            Thread[] workers = [.. Enumerable.Range(1, options.Workers).Select(number => new Thread(runner.Work) { IsBackground = true, Name = $"trials {number}" })];
            foreach (Thread worker in workers) worker.Start();
            foreach (Thread worker in workers) worker.Join();
        }

        if (runner.failure is { } failure) throw failure;
        RunEnd end = runner.finished.Keys.Count(number => number <= runner.study.Trials) == runner.study.Trials ? RunEnd.Finished : cancellation.IsCancellationRequested ? RunEnd.Cancelled : RunEnd.TimeUp;
        return new StudyRun(end, new StudyRecord(store.Folder, store.Study, store.Trials));
    }

    private void Stop()
    {
        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The run ended while the timer fired.
        }
    }

    private void Work()
    {
        using CancellationTokenRegistration wake = stop.Token.Register(() =>
        {
            lock (gate) Monitor.PulseAll(gate);
        });
        try
        {
            while (Take() is { } task) Finish(Try(task));
        }
        catch (OperationCanceledException)
        {
            // The trial leaves no trace and will be proposed again, identically.
        }
        catch (Exception e)
        {
            failure ??= e;
            stop.Cancel();
        }
    }

    /// <summary>
    /// The next trial, proposed as soon as its history is complete; null when nothing is left to do. Trials are proposed in number order, so the candidates of
    /// all trials before it are known.
    /// </summary>
    private Proposal? Take()
    {
        lock (gate)
        {
            while (!stop.IsCancellationRequested)
            {
                if (FirstOpen() is not { } number) return null;
                int known = Math.Max(0, number - study.Optimizer.Lag);
                if (finished.Keys.Take(known).LastOrDefault() == known)
                {
                    TrialHistory history = HistoryOf(known, number);
                    (Candidate candidate, string? broken) = Optimizers.Propose(optimizer, study, space, history);
                    running.Add(number, candidate);
                    return new Proposal(number, candidate, broken, history.Trials);
                }

                Monitor.Wait(gate);
            }

            return null;
        }
    }

    private TrialHistory HistoryOf(int known, int number) => new(
        [.. finished.Values.Take(known)],
        [.. Enumerable.Range(known + 1, number - known - 1).Select(pending => finished.TryGetValue(pending, out Trial? trial) ? trial.Candidate : running[pending])]);

    private int? FirstOpen()
    {
        int number = Enumerable.Range(1, study.Trials).FirstOrDefault(n => !finished.ContainsKey(n) && !running.ContainsKey(n));
        return number == 0 ? null : number;
    }

    private (Trial Trial, Evaluation Evaluation) Try(Proposal proposal)
    {
        (int number, Candidate candidate, string? broken, _) = proposal;
        if (broken is not null) return (new Trial(number, candidate, TrialStatus.Infeasible, broken, null, 0), new Evaluation(TrialStatus.Infeasible, broken, null));

        long start = clock.GetTimestamp();
        Evaluation evaluation = Evaluate(proposal);
        (TrialStatus status, string? reason) = Limits.Judge(evaluation, study);
        double seconds = Math.Round(clock.GetElapsedTime(start).TotalSeconds, 3);
        return (new Trial(number, candidate, status, reason, evaluation.Score, seconds) { HalfwayError = evaluation.HalfwayError }, evaluation);
    }

    /// <summary>Whatever goes wrong in one candidate is that trial's failure and never ends the study.</summary>
    private Evaluation Evaluate(Proposal proposal)
    {
        (int number, Candidate candidate) = (proposal.Number, proposal.Candidate);
        try
        {
            Network? parent = candidate.Parent is { } from ? store.LoadWeights(from) : null;
            var request = new EvaluationRequest(number, candidate, space.Assemble(candidate), TrialSeeds.Of(study.Seed, number), parent) { Known = proposal.Known };
            return evaluator.Evaluate(request, stop.Token);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException or IOException or UnauthorizedAccessException))
        {
            return Evaluation.Failure($"{e.GetType().Name}: {e.Message}");
        }
    }

    private void Finish((Trial Trial, Evaluation Evaluation) result)
    {
        Trial trial = result.Trial;
        store.Record(trial, result.Evaluation.Quantized, result.Evaluation.Weights);
        lock (gate)
        {
            running.Remove(trial.Number);
            finished.Add(trial.Number, trial);
            finishedHere++;
            ParetoFront next = ParetoFront.Of(front.Members.Append(trial), study.Objectives);
            bool changed = !next.Members.SequenceEqual(front.Members);
            front = next;
            progress?.Report(new StudyProgress(trial, finished.Count, study.Trials, front, changed, Remaining()));
            Monitor.PulseAll(gate);
        }
    }

    private TimeSpan? Remaining() =>
        finishedHere == 0 ? null : clock.GetElapsedTime(begin) / finishedHere * Math.Max(0, study.Trials - finished.Count);
}
