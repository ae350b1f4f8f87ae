using SparseNas.Benchmarks.Codegen;
using SparseNas.Benchmarks.Memory;
using SparseNas.Benchmarks.Pruning;
using SparseNas.Benchmarks.Quantization;
using SparseNas.Benchmarks.Search;
using SparseNas.Benchmarks.Simulator;
using SparseNas.Benchmarks.Training;

// One subcommand per benchmark: dotnet run -c Release --project tests/SparseNas.Benchmarks -- NAME [options]
var benchmarks = new Dictionary<string, Action<string[]>>
{
    ["codegen"] = CodegenBenchmark.Run,
    ["planning"] = PlanningBenchmark.Run,
    ["front-memory"] = FrontMemory.Run,
    ["quantization"] = QuantizationBenchmark.Run,
    ["training"] = TrainingBenchmark.Run,
    ["learning"] = LearningBenchmark.Run,
    ["pruning"] = PruningBenchmark.Run,
    ["pruning-sweep"] = PruningSweep.Run,
    ["simulator"] = SimulatorBenchmark.Run,
    ["search"] = SearchBenchmark.Run,
    ["search-table"] = SearchTable.Generate,
    ["search-optimizers"] = OptimizerBenchmark.Run,
    ["search-ablation"] = AblationBenchmark.Run,
};

if (args.Length == 0 || !benchmarks.TryGetValue(args[0], out Action<string[]>? run))
{
    Console.Error.WriteLine($"Name a benchmark: {string.Join(", ", benchmarks.Keys)}");
    return 2;
}

run(args[1..]);
return 0;
