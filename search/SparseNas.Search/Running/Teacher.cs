using SparseNas.Networks;
using SparseNas.Training;
using SparseNas.Training.Data;

namespace SparseNas.Search;

/// <summary>
/// The larger network that a study's candidates learn from: trained once, when it is first asked for, from the study's seed alone; so it is the same whoever asks
/// first. Callers wait for one another.
/// </summary>
internal sealed class Teacher(
    TeacherOptions options, TrainingOptions training, Samples train, Samples validation, InputEncoding encoding, int classes, ulong studySeed, string? file)
{
    private readonly Lock gate = new();
    private Network? network;

    /// <summary>The teacher as a share of a candidate's loss.</summary>
    /// <exception cref="InvalidOperationException">Its training diverged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while it was trained.</exception>
    public Distillation For(float weight, CancellationToken cancellation)
    {
        lock (gate) network ??= Load() ?? Train(cancellation);
        return new Distillation(network, options.Temperature, weight);
    }

    private Network? Load() => file is not null && File.Exists(file) ? NetworkFile.Load(file) : null;

    private Network Train(CancellationToken cancellation)
    {
        TrainedNetwork trained = Trainer.Train(
            options.Blueprint.ToArchitecture("teacher", train.Shape, classes), train, validation, encoding,
            training with { Epochs = options.Epochs, LearningRate = options.LearningRate },
            TrialSeeds.Random(studySeed, 0, SeedPurpose.Teacher).NextUInt64(), cancellation: cancellation);
        if (trained.Status == TrainingStatus.Diverged)
        {
            throw new InvalidOperationException($"the teacher's training diverged; give $.training.teacher a learning rate below {options.LearningRate}");
        }

        if (file is not null) NetworkFile.Save(file, trained.Network);
        return trained.Network;
    }
}
