using System.Collections.Immutable;
using SparseNas.Boards;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Emission.Code;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Costs;

/// <summary>
/// Cycles and bytes of generated code without compiling or running it: the IL that the compiler will make of each step, times what each
/// instruction costs on the board's core.
/// </summary>
/// <example><code>
/// ModelCost cost = CostModel.Estimate(network, plan, Emitter.Plain(network, plan), board.CostTable);
/// double milliseconds = cost.Cycles / board.ClockHz.Value * 1000;
/// </code></example>
public static class CostModel
{
    /// <summary>Estimates every step.</summary>
    /// <param name="network">Integer network.</param>
    /// <param name="plan">Its memory plan.</param>
    /// <param name="steps">Code for every operator.</param>
    /// <param name="costs">Cost of each instruction.</param>
    public static ModelCost Estimate(QuantizedNetwork network, MemoryPlan plan, ImmutableArray<OperatorCode> steps, CostTable costs)
    {
        InstructionCosts instructions = InstructionCosts.Of(costs);
        return new ModelCost(
            costs.Title, [.. steps.Select(step => Step(network, step, instructions)), .. plan.Rows.IsEmpty ? Array.Empty<StepCost>() : [Flow(network, plan, steps, instructions)]], DeviceHeap.ArrayBytes(plan.ArenaBytes), Emitter.ClampTables(steps).Sum(table => table.HeapBytes));
    }

    /// <summary>
    /// What it takes to move rows between stages, from where they arrive: taking a row costs about the same in a model that holds the image.
    /// Its frames lie below those of the steps.
    /// </summary>
    private static StepCost Flow(QuantizedNetwork network, MemoryPlan plan, ImmutableArray<OperatorCode> steps, InstructionCosts instructions)
    {
        (IlCount Count, int Runs)[] methods = [.. RowFlow.Methods(network, plan, steps).Select(method => (IlModel.Count(method.Method), method.Runs))];
        return new StepCost(
            "rows", [], "moved", methods.Sum(method => method.Runs * instructions.CyclesOf(method.Count)), methods.Sum(method => method.Runs * method.Count.ExecutedInstructions),
            methods.Sum(method => method.Count.IlBytes), 0, 0, methods.Sum(method => method.Count.FrameBytes), 0, 0, 0);
    }

    /// <summary>Cycles of taking all rows of an image, which a step's share does not include; only for plans with row stages.</summary>
    internal static double PushCycles(MemoryPlan plan, CostTable costs) =>
        plan.Rows[0].Rows.Input * RowFlow.Push(plan).Sum(method => InstructionCosts.Of(costs).CyclesOf(IlModel.Count(method)));

    /// <summary>Cycles of what moves rows, whatever code the steps have.</summary>
    internal static double FlowCycles(QuantizedNetwork network, MemoryPlan plan, InstructionCosts instructions) =>
        plan.Rows.IsEmpty ? 0 : Flow(network, plan, Emitter.Plain(network, plan), instructions).Cycles;

    /// <summary>Byte code of what moves rows, whatever code the steps have.</summary>
    internal static int FlowIlBytes(QuantizedNetwork network, MemoryPlan plan) =>
        plan.Rows.IsEmpty ? 0 : RowFlow.Methods(network, plan, Emitter.Plain(network, plan)).Sum(method => IlModel.Count(method.Method).IlBytes);

    /// <summary>Estimates one step.</summary>
    internal static StepCost Step(QuantizedNetwork network, OperatorCode step, InstructionCosts instructions)
    {
        IlCount count = step.Count;
        return new StepCost(
            string.Join(" + ", step.Operators.Select(index => network.Graph.Operators[index].Name)), step.Operators, step.Strategy,
            instructions.CyclesOf(step), step.Runs * count.ExecutedInstructions, count.IlBytes, step.TableHeapBytes, step.InitialiserBytes, step.TransientBytes,
            step.LocalBytes, step.Operators.Sum(index => MacCount.Of(network.Graph, index)), step.Operators.Sum(index => NonZeroMacs.Of(network, index))) { ResourceBytes = step.Resource?.Bytes ?? 0 };
    }
}
