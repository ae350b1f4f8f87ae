using System.CommandLine;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Quantization.Execution;
using SparseNas.Quantization.Storage;
using SparseNas.Training;
using SparseNas.Training.Data;

namespace SparseNas.Cli.Commands;

/// <summary><c>sparsenas train</c>: one architecture, trained, quantised and measured on validation data.</summary>
internal static class TrainCommand
{
    private const double ValidationFraction = 0.1;

    /// <summary>Streams of the seed: the split and the training draw from different ones.</summary>
    private const ulong SplitStream = 1, TrainingStream = 2;

    public static Command Create(CommandContext context)
    {
        var file = new Argument<string>("architecture.json") { Description = "The architecture; see docs/architecture-files.md." };
        var dataset = new Option<string>("--dataset") { Description = "A known name (`sparsenas data list`) or the path of your own data.", Required = true, HelpName = "NAME|PATH" };
        Option<string?> data = CommandContext.DataOption();
        var epochs = new Option<int>("--epochs") { Description = "Passes over the training data.", DefaultValueFactory = _ => 10, HelpName = "N" };
        var batch = new Option<int>("--batch") { Description = "Images per step.", DefaultValueFactory = _ => 64, HelpName = "N" };
        var rate = new Option<float>("--learning-rate") { Description = "Highest learning rate of the cosine schedule.", DefaultValueFactory = _ => 0.05f };
        var seed = new Option<ulong>("--seed") { Description = "All randomness derives from it.", DefaultValueFactory = _ => 1UL, HelpName = "N" };
        var output = new Option<string>("--out") { Description = "Where the trained network goes; the integer network goes beside it as FILE.quantized.json.", Required = true, HelpName = "FILE" };
        Option<bool> json = CommandContext.JsonOption();
        var command = new Command("train", "Trains one network and quantises it.") { file, dataset, data, epochs, batch, rate, seed, output, json };
        command.SetAction((parsed, cancellation) => Task.Run(() =>
        {
            Terminal terminal = context.Terminal(parsed);
            Architecture architecture = ReadArchitecture(parsed.GetRequiredValue(file));
            Dataset samples = DatasetCatalog.Load(parsed.GetRequiredValue(dataset), parsed.GetValue(data));
            var options = new TrainingOptions { Epochs = parsed.GetValue(epochs), BatchSize = parsed.GetValue(batch), LearningRate = parsed.GetValue(rate) };
            var result = Train(architecture, samples, options, parsed.GetValue(seed), terminal, context.Time, cancellation);
            string path = parsed.GetRequiredValue(output);
            NetworkFile.Save(path, result.Trained.Network);
            QuantizedNetworkFile.Save(path + ".quantized.json", result.Quantized);
            Print(terminal, parsed.GetValue(json), architecture, result.Trained, result.Quantized, result.Error);
            terminal.Note($"Written: {path} and {path}.quantized.json");
            return ExitCode.Ok;
        }, CancellationToken.None));
        return command;
    }

    private static Architecture ReadArchitecture(string path) =>
        File.Exists(path) ? ArchitectureJson.Read(File.ReadAllText(path)) : throw new UsageException($"The architecture file '{path}' does not exist.");

    private static (TrainedNetwork Trained, QuantizedNetwork Quantized, double Error) Train(
        Architecture architecture, Dataset dataset, TrainingOptions options, ulong seed, Terminal terminal, TimeProvider time, CancellationToken cancellation)
    {
        if (architecture.Input != dataset.Shape || architecture.Classes != dataset.Classes)
        {
            throw new UsageException(
                $"Architecture '{architecture.Name}' takes {architecture.Input} and gives {architecture.Classes} classes, but dataset "
                + $"'{dataset.Name}' has samples of {dataset.Shape} in {dataset.Classes} classes.");
        }

        (Samples train, Samples validation) = dataset.Train.SplitStratified(ValidationFraction, new SeededRandom(seed, SplitStream));
        long begin = time.GetTimestamp();
        var progress = new ImmediateProgress<EpochReport>(report =>
        {
            TimeSpan left = time.GetElapsedTime(begin) / report.Epoch * (report.Epochs - report.Epoch);
            terminal.Note($"epoch {report.Epoch}/{report.Epochs}  loss {report.TrainingLoss:0.0000}  validation {Units.Accuracy(report.ValidationError ?? 1)}  {Units.Duration(left)} left");
        });
        TrainedNetwork trained = Trainer.Train(
            architecture, train, validation, dataset.Encoding, options, new SeededRandom(seed, TrainingStream).NextUInt64(), progress: progress, cancellation: cancellation);
        QuantizedNetwork quantized = Quantizer.Quantize(
            trained.Network, visit => FloatInference.VisitOperatorOutputs(trained.Network, train.Take(1000), dataset.Encoding, visit), dataset.Encoding, new QuantizationOptions());
        return (trained, quantized, IntegerExecutor.Error(quantized, validation));
    }

    private static void Print(Terminal terminal, bool json, Architecture architecture, TrainedNetwork trained, QuantizedNetwork quantized, double error)
    {
        PackedSize size = PackedSize.Of(quantized);
        MemoryPlan plan = CodeChoice.Knee(quantized, CodeChoice.DefaultCosts, EmissionBudget.Unlimited).Plan;
        if (json)
        {
            JsonOutput.Write(terminal, new
            {
                architecture = LayerText.Of(architecture),
                status = trained.Status,
                validationError = error,
                floatValidationError = trained.ValidationError,
                parameterBytes = size.ParameterBytes,
                l0 = size.L0,
                workingMemoryPeakBytes = plan.PeakBytes,
                macs = MacCount.Of(quantized.Graph),
            });
            return;
        }

        terminal.WriteLine($"{LayerText.Of(architecture)}{(trained.Status == TrainingStatus.Diverged ? "   (training diverged: lower --learning-rate)" : "")}");
        terminal.WriteLine($"validation accuracy {Units.Accuracy(error)} in integers, {Units.Accuracy(trained.ValidationError)} in floating point");
        terminal.WriteLine(
            $"{Units.Bytes(size.ParameterBytes)} of parameters, {Units.Bytes(plan.PeakBytes)} of working memory, {Units.Grouped(MacCount.Of(quantized.Graph))} multiply-accumulates");
    }
}
