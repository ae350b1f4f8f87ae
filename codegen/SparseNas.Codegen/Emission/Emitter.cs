using System.Collections.Immutable;
using SparseNas.Boards;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Costs;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Codegen.Emission.Code;
using SparseNas.Codegen.Emission.Plain;
using SparseNas.Codegen.Limits;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission;

/// <summary>
/// Turns an integer network into device source. The same network, plan, code and header give the same bytes.
/// </summary>
/// <example><code>
/// GeneratedModel model = Emitter.Emit(network, plan, Emitter.Plain(network, plan), header, costs);
/// CompiledFirmware firmware = FirmwareCompiler.Compile(model.Sources, "Model", FirmwareOutput.Library);
/// </code></example>
public static class Emitter
{
    /// <summary>Every operator in plain loops, the naive twin of all other strategies.</summary>
    /// <param name="network">Integer network.</param>
    /// <param name="plan">Offsets and order.</param>
    /// <returns>One step per operator in the plan's order, or for a convolution whose output the plan does not hold and its pooling.</returns>
    public static ImmutableArray<OperatorCode> Plain(QuantizedNetwork network, MemoryPlan plan)
    {
        OperatorSite Site(int place) => new(network, plan, plan.Order[place]);
        bool IsJoined(int place) => plan.Of(plan.Order[place]).SizeBytes == 0 && network.Operators[plan.Order[place + 1]] is QuantizedMaxPool;
        return
        [
            .. from place in Enumerable.Range(0, plan.Order.Length)
               where place == 0 || !IsJoined(place - 1)
               select IsJoined(place) ? PlainKernel.Joined(Site(place), Site(place + 1)) : PlainCode.Of(Site(place)),
        ];
    }

    /// <summary>Writes the source of a model.</summary>
    /// <param name="network">Integer network.</param>
    /// <param name="plan">Offsets in the arena.</param>
    /// <param name="steps">Code for every operator, in an order that the plan allows.</param>
    /// <param name="header">What the head of the file says.</param>
    /// <param name="costs">Cost table of the board's core, for the table of layers.</param>
    /// <exception cref="ArgumentException">An operator has no code or more than one, or there is not one label per class.</exception>
    /// <exception cref="AssemblyLimitException">The code breaks a limit of the device's image format; all broken limits are listed.</exception>
    public static GeneratedModel Emit(
        QuantizedNetwork network, MemoryPlan plan, ImmutableArray<OperatorCode> steps, ModelHeader header, CostTable costs)
    {
        int[] covered = [.. steps.SelectMany(step => step.Operators).Order()];
        if (!covered.SequenceEqual(Enumerable.Range(0, network.Operators.Length)))
        {
            throw new ArgumentException($"Each of {network.Operators.Length} operators needs code exactly once, but got code for {string.Join(", ", covered)}.", nameof(steps));
        }

        if (!plan.Rows.Zip(steps, (stage, step) => stage.Operators.SequenceEqual(step.Operators)).All(isSame => isSame) || steps.Length < plan.Rows.Length)
        {
            throw new ArgumentException($"The plan runs {string.Join(" | ", plan.Rows.Select(stage => string.Join(", ", stage.Operators)))} by rows, but the first steps are {string.Join(" | ", steps.Take(plan.Rows.Length).Select(step => string.Join(", ", step.Operators)))}.", nameof(steps));
        }

        if (!header.Labels.IsEmpty && header.Labels.Length != network.Classes)
        {
            throw new ArgumentException($"{network.Classes} classes need {network.Classes} labels or none, but got {header.Labels.Length}.", nameof(header));
        }

        AssemblyPlacement placement = AssemblyPlacement.Of(steps);
        ImmutableArray<LimitBreak> breaks = AssemblyLimits.Check(placement.Sizes, steps, plan.ArenaBytes);
        if (!breaks.IsEmpty) throw new AssemblyLimitException(breaks);
        (MemoryPlan used, _, ModelCost cost) = CodeChoice.Of(network, plan, steps, costs);
        RowText rows = new(network, used, steps);
        string modelFile = new ModelFile(network, used, header, cost, steps, placement.HasLibraries).Write();
        ImmutableArray<SourceFile> sources =
        [
            .. placement.HasLibraries ? [] : ModelWeightsFile.Sources(steps),
            new SourceFile("Model.cs", modelFile),
            .. header.WithSoftmax ? [SoftmaxFile.Of(network)] : Array.Empty<SourceFile>(),
            .. StepFiles(steps, placement, WeightMemory.Heap),
            .. plan.Rows.IsEmpty ? Array.Empty<SourceFile>() : placement.HasLibraries ? [rows.Flow()] : [rows.Flow(), rows.Numbers()],
        ];
        return new GeneratedModel(sources, steps, cost, used)
        {
            Libraries = placement.Libraries(plan.ArenaBytes, plan.Rows.IsEmpty ? [] : [rows.Numbers()], WeightMemory.Heap),
            Resources = placement.HasLibraries ? [] : ModelWeightsFile.Resources(steps),
        };
    }

    /// <summary>
    /// The same model for a device of the 2.x preview, where tables of weights can stay in flash as <c>ReadOnlySpan</c>. What has no such tables is
    /// unchanged; biases and multipliers have more than one byte per element and stay arrays.
    /// </summary>
    /// <param name="model">From <see cref="Emit"/>.</param>
    public static GeneratedModel WithWeightsInFlash(GeneratedModel model)
    {
        AssemblyPlacement placement = AssemblyPlacement.Of(model.Steps);
        Dictionary<string, SourceFile> written = placement.Libraries(model.Plan.ArenaBytes, [], WeightMemory.Flash).SelectMany(library => library.Sources)
            .Concat(StepFiles(model.Steps, placement, WeightMemory.Flash)).ToDictionary(file => file.Path);
        ImmutableArray<SourceFile> Rewritten(ImmutableArray<SourceFile> files) => [.. files.Select(file => written.GetValueOrDefault(file.Path, file))];
        return model with
        {
            Sources = Rewritten(model.Sources),
            Libraries = [.. model.Libraries.Select(library => library with { Sources = Rewritten(library.Sources) })],
        };
    }

    private static IEnumerable<SourceFile> StepFiles(ImmutableArray<OperatorCode> steps, AssemblyPlacement placement, WeightMemory weights) =>
        steps.Select(step => new SourceFile($"Model.{step.Method.Name}.cs", StepText.InModel(step, placement, weights)));

    /// <summary>The clamp tables that steps use, each once.</summary>
    internal static ImmutableArray<ClampTable> ClampTables(ImmutableArray<OperatorCode> steps) =>
        [.. steps.Select(step => step.Clamp).OfType<ClampTable>().Distinct().OrderBy(table => table.Minimum).ThenBy(table => table.Maximum)];
}
