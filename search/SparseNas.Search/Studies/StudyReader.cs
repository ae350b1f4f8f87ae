using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Training;

namespace SparseNas.Search;

/// <summary>From the text of a study file to a <see cref="Study"/>; all mistakes of a file are found in one reading.</summary>
internal static class StudyReader
{
    private static readonly JsonDocumentOptions Lenient =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false };

    private static readonly ImmutableSortedDictionary<string, BlockKind> Kinds = CamelCase<BlockKind>();
    private static readonly ImmutableSortedDictionary<string, JoinKind> Joins = CamelCase<JoinKind>();
    private static readonly ImmutableSortedDictionary<string, Padding> Paddings = CamelCase<Padding>();
    private static readonly ImmutableSortedDictionary<string, PruningStructure> Structures = CamelCase<PruningStructure>();
    private static readonly ImmutableSortedDictionary<string, PruningMethod> PruningMethods = CamelCase<PruningMethod>();
    private static readonly ImmutableSortedDictionary<string, SearchMethod> Methods = CamelCase<SearchMethod>();
    private static readonly ImmutableSortedDictionary<string, AcquisitionKind> Acquisitions = CamelCase<AcquisitionKind>();
    private static readonly ImmutableSortedDictionary<string, OptimizerKind> Optimizers = CamelCase<OptimizerKind>();
    private static readonly ImmutableSortedDictionary<string, ScheduleKind> Schedules = CamelCase<ScheduleKind>();
    private static readonly ImmutableSortedDictionary<string, bool> Heads =
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create("gap", true), KeyValuePair.Create("dense", false)]);

    public static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true };

    /// <summary>The file as a JSON object.</summary>
    public static JsonObject ParseObject(string source, string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Lenient) as JsonObject
                ?? throw new StudyException(source, ["$: must be an object"]);
        }
        catch (JsonException e)
        {
            throw new StudyException(source, [$"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: not valid JSON: {e.Message}"]);
        }
    }

    public static Study Read(string source, string text)
    {
        JsonElement element = JsonSerializer.SerializeToElement(ParseObject(source, text));
        List<string> problems = [];
        var file = new ConfigObject(element, "$", problems);
        _ = file.Text("description", "", _ => true, "text");
        ImmutableArray<Stage> stages = Stages(file);
        Study study = new()
        {
            Name = file.Text("name", null, IsName, "1 to 64 letters, digits, '-' or '_'"),
            Dataset = Dataset(file.RequiredObject("dataset")),
            Board = file.Has("board") ? file.Text("board", null, name => name.Length > 0, "the name of a board") : null,
            Reserve = Reserve(file.Object("reserve")),
            Seed = (ulong)file.Integer("seed", 1, 0, int.MaxValue),
            Trials = file.Integer("trials", stages.IsEmpty ? null : stages.Sum(stage => stage.Trials), 1, 1_000_000),
            Time = Time(file),
            Objectives = Objectives(file),
            Space = Space(file.RequiredObject("space")),
            Start = Start(file),
            Training = Training(file.Object("training")),
            Pruning = Pruning(file.Object("pruning")),
            Quantization = Quantization(file.Object("quantization")),
            Optimizer = Optimizer(file.Object("optimizer")),
            Stages = stages,
            Text = text,
        };
        if (study.Board is null && study.Reserve != SparseNas.Search.Reserve.None) problems.Add("$.board: is missing; $.reserve keeps room on a board");
        if (study.Board is null && study.Objectives.Any(objective => objective.Kind == ObjectiveKind.Cycles))
        {
            problems.Add("$.board: is missing; the objective cycles needs the board whose cycles count");
        }

        if (!stages.IsEmpty && !study.Optimizer.RungEpochs.IsEmpty)
        {
            problems.Add("$.stages: excludes $.optimizer.rungEpochs; each stage has epochs of its own and promotes the front of the one before");
        }

        file.RefuseUnknown();
        return problems.Count == 0 ? study : throw new StudyException(source, [.. problems]);
    }

    private static Reserve Reserve(ConfigObject file)
    {
        Reserve reserve = new(file.Integer("heapBytes", 0, 0, int.MaxValue), file.Integer("flashBytes", 0, 0, int.MaxValue));
        file.RefuseUnknown();
        return reserve;
    }

    private static StudyDataset Dataset(ConfigObject file)
    {
        string name = file.Text("name", null, text => text.Length > 0, "the name of a dataset");
        double fraction = file.Number("validationFraction", 0.1, 0.01, 0.5);
        int? samples = file.Has("trainingSamples") ? file.Integer("trainingSamples", null, 10, int.MaxValue) : null;
        file.RefuseUnknown();
        return new StudyDataset(name, fraction, samples);
    }

    private static TimeSpan? Time(ConfigObject file)
    {
        if (!file.Has("time")) return null;
        return Durations.Parse(file.Text("time", "1s", text => Durations.Parse(text) is not null, "a duration such as \"90s\", \"30m\" or \"2h\""));
    }

    private static ImmutableArray<Objective> Objectives(ConfigObject file)
    {
        var objectives = ImmutableArray.CreateBuilder<Objective>();
        foreach (ConfigObject item in file.RequiredObjects("objectives"))
        {
            ObjectiveKind kind = item.Choice<ObjectiveKind>("name", null, Objective.Names);
            double ceiling = kind == ObjectiveKind.ValidationError ? 1 : 1e15;
            double? limit = item.OptionalNumber("limit", 0, ceiling), target = item.OptionalNumber("target", 0, ceiling);
            item.RefuseUnknown();
            if (target > limit) item.Problems.Add($"{item.Path}: target <= limit must hold, but got target {target} and limit {limit}");
            if (target == 0 || limit == 0) item.Problems.Add($"{item.Path}: limit and target must be above 0");
            if (objectives.Any(other => other.Kind == kind) && item.Has("name"))
            {
                item.Problems.Add($"{item.PathOf("name")}: the objective is listed twice");
            }

            objectives.Add(new Objective(kind, limit, target));
        }

        if (objectives.Count == 0 && file.Has("objectives")) file.Problems.Add($"{file.PathOf("objectives")}: at least one objective is needed");
        return objectives.ToImmutable();
    }

    private static ImmutableArray<Stage> Stages(ConfigObject file)
    {
        if (!file.Has("stages")) return [];
        var stages = ImmutableArray.CreateBuilder<Stage>();
        foreach (ConfigObject item in file.RequiredObjects("stages"))
        {
            int epochs = item.Integer("epochs", null, 1, 10_000);
            if (item.Has("members")) stages.Add(new RepeatStage(item.Integer("members", null, 1, 10_000), item.Integer("seeds", 3, 1, 100), epochs));
            else stages.Add(SearchStage(item, epochs, isFirst: stages.Count == 0));
            item.RefuseUnknown();
        }

        if (stages.Count == 0 || stages[0] is RepeatStage) file.Problems.Add($"{file.PathOf("stages")}: the first stage must search, with \"trials\" and \"epochs\"");
        return stages.ToImmutable();
    }

    private static SearchStage SearchStage(ConfigObject item, int epochs, bool isFirst) => new(
        item.Integer("trials", null, 1, 1_000_000), epochs, item.Number("data", 1, 0.01, 1), item.Number("explore", isFirst ? 0.5 : 0.1, 0, 1), isFirst ? 0 : item.Number("promote", 0.5, 0, 1));

    private static SpaceOptions Space(ConfigObject file)
    {
        SpaceOptions defaults = new();
        ConfigObject input = file.Object("input"), blocks = file.RequiredObject("blocks"), head = file.Object("head");
        ImmutableArray<int> counts = blocks.Integers("count", [1, 2, 3, 4], 0, 12);
        SpaceOptions space = new()
        {
            DownsampleFactors = input.Integers("downsample", defaults.DownsampleFactors, 1, 4),
            Greyscale = input.Flags("greyscale", defaults.Greyscale),
            MinimumBlocks = counts[0],
            MaximumBlocks = counts[^1],
            Kinds = blocks.Choices("kinds", defaults.Kinds, Kinds),
            Kernels = blocks.Integers("kernels", defaults.Kernels, 1, 7),
            Strides = blocks.Integers("strides", defaults.Strides, 1, 2),
            Channels = blocks.Integers("channels", defaults.Channels, 1, 1024),
            SideKernels = blocks.Integers("sideKernels", defaults.SideKernels, 1, 6),
            Joins = blocks.Choices("joins", defaults.Joins, Joins),
            InnerChannels = blocks.Integers("innerChannels", defaults.InnerChannels, 1, 1024),
            Paddings = blocks.Choices("padding", defaults.Paddings, Paddings),
            BatchNorm = blocks.Flags("batchNorm", defaults.BatchNorm),
            Poolings = blocks.Choices("pooling", defaults.Poolings, Pooling.Names),
            GlobalPooling = head.Choices("kinds", defaults.GlobalPooling, Heads),
            HiddenFeatures = head.Integers("hidden", defaults.HiddenFeatures, 0, 1024),
            GatherShares = head.NumberList("gather", defaults.GatherShares, 0.01, 1),
        };
        if (space.Kinds.Contains(BlockKind.Parallel) && space.SideKernels[0] >= space.Kernels[^1])
        {
            file.Problems.Add($"{blocks.PathOf("sideKernels")}: parallel blocks need a side kernel below the largest kernel {space.Kernels[^1]}, but the smallest is {space.SideKernels[0]}");
        }

        if (head.Has("gather") && !space.GlobalPooling.Contains(false))
        {
            file.Problems.Add($"{head.PathOf("gather")}: needs the head kind \"dense\"; behind global pooling there is nothing to select");
        }

        foreach (ConfigObject part in new[] { input, blocks, head, file }) part.RefuseUnknown();
        return space;
    }

    private static ImmutableArray<Blueprint> Start(ConfigObject file)
    {
        var start = ImmutableArray.CreateBuilder<Blueprint>();
        foreach ((string text, string path) in file.Texts("start"))
        {
            (Blueprint? blueprint, string? problem) = BlueprintText.Read(text);
            if (blueprint is not null) start.Add(blueprint);
            else file.Problems.Add($"{path}: {problem}");
        }

        return start.ToImmutable();
    }

    private static TrainingSpace Training(ConfigObject file)
    {
        TrainingOptions defaults = new();
        ConfigObject augmentation = file.Object("augmentation");
        TrainingSpace space = new()
        {
            Options = new TrainingOptions
            {
                Epochs = file.Integer("epochs", defaults.Epochs, 1, 10_000),
                Optimizer = file.Choice<OptimizerKind>("optimizer", defaults.Optimizer, Optimizers),
                Momentum = (float)file.Number("momentum", defaults.Momentum, 0, 0.9999),
                Schedule = file.Choice<ScheduleKind>("schedule", defaults.Schedule, Schedules),
                WarmUpEpochs = (float)file.Number("warmUpEpochs", defaults.WarmUpEpochs, 0, 1000),
                GradientClip = (float)file.Number("gradientClip", defaults.GradientClip, 0, 1e6),
                LabelSmoothing = (float)file.Number("labelSmoothing", defaults.LabelSmoothing, 0, 0.9),
                Mixup = (float)file.Number("mixup", defaults.Mixup, 0, 10),
                Dropout = (float)file.Number("dropout", defaults.Dropout, 0, 0.95),
                Augmentation = new Augmentation(
                    augmentation.Integer("shiftPixels", 0, 0, 16),
                    (float)augmentation.Number("rotateDegrees", 0, 0, 180),
                    augmentation.Flag("flipHorizontally", false))
                {
                    ScaleShare = (float)augmentation.Number("scaleShare", 0, 0, 0.5),
                    ElasticPixels = (float)augmentation.Number("elasticPixels", 0, 0, 99),
                    CutoutPixels = augmentation.Integer("cutoutPixels", 0, 0, 99),
                    ReuseEpochs = augmentation.Integer("reuseEpochs", 1, 1, 1000),
                },
            },
            BatchSizes = file.Integers("batchSize", [defaults.BatchSize], 1, 1024),
            LearningRate = file.Numbers("learningRate", defaults.LearningRate, 1e-6, 10),
            WeightDecay = file.Numbers("weightDecay", defaults.WeightDecay, 0, 1),
            GiveUp = file.Has("giveUp") ? GiveUp(file.Object("giveUp")) : null,
            StopEarly = file.Has("stopEarly") ? StopEarly(file.Object("stopEarly")) : null,
            FineTuneEpochs = file.Integer("fineTuneEpochs", 0, 0, 1000),
            Teacher = file.Has("teacher") ? Teacher(file.Object("teacher")) : null,
        };
        augmentation.RefuseUnknown();
        file.RefuseUnknown();
        return space;
    }

    private static TeacherOptions Teacher(ConfigObject file)
    {
        (Blueprint? blueprint, string? problem) = BlueprintText.Read(file.Text("architecture", "gap", text => text.Length > 0, "an architecture such as \"conv3x16 bn max2 | gap\""));
        if (problem is not null) file.Problems.Add($"{file.PathOf("architecture")}: {problem}");
        TeacherOptions teacher = new(
            blueprint ?? new Blueprint(new InputStage(false, 1), [], new Head(true, 0)), file.Integer("epochs", 10, 1, 10_000), (float)file.Number("learningRate", 0.01, 1e-6, 10), (float)file.Number("temperature", 4, 1, 100),
            file.Numbers("weight", 0.5, 0, 1));
        if (!file.Has("architecture")) file.Problems.Add($"{file.PathOf("architecture")}: is missing");
        file.RefuseUnknown();
        return teacher;
    }

    private static StopEarly StopEarly(ConfigObject file)
    {
        StopEarly stop = new(file.Integer("comparable", 10, 1, 10_000));
        file.RefuseUnknown();
        return stop;
    }

    private static GiveUp GiveUp(ConfigObject file)
    {
        GiveUp giveUp = new(file.Integer("afterEpochs", null, 1, 10_000), file.Number("error", null, 0.001, 1));
        file.RefuseUnknown();
        return giveUp;
    }

    private static PruningSpace Pruning(ConfigObject file)
    {
        ImmutableArray<PruningStructure> structures = file.Choices("structures", [PruningStructure.None], Structures);
        ImmutableArray<PruningMethod> methods = file.Choices("methods", [PruningMethod.Magnitude], PruningMethods);
        NumberDomain sparsity = file.Numbers("sparsity", 0, 0, 0.99);
        file.RefuseUnknown();
        if (structures.Any(structure => structure != PruningStructure.None) && sparsity.Maximum == 0)
        {
            file.Problems.Add($"{file.PathOf("sparsity")}: a sparsity above 0 is needed where {file.PathOf("structures")} allows pruning");
        }

        return new PruningSpace(structures, methods, sparsity);
    }

    private static QuantizationSpace Quantization(ConfigObject file)
    {
        ImmutableArray<int> bits = file.Integers("weightBits", [8], 1, 8);
        foreach (int other in bits.Where(value => !WeightWidth.All.Contains(value)))
        {
            file.Problems.Add($"{file.PathOf("weightBits")}: must be 1 (ternary), 2, 3, 4 or 8, but is {other}");
        }

        bool isPerLayer = file.Flag("perLayer", false);
        int awareEpochs = file.Integer("awareEpochs", 2, 0, 1000);
        double awareShare = file.Number("awareShare", 0, 0, 2);
        file.RefuseUnknown();
        return new QuantizationSpace(bits, isPerLayer, awareEpochs, awareShare);
    }

    private static OptimizerOptions Optimizer(ConfigObject file)
    {
        OptimizerOptions defaults = new();
        OptimizerOptions options = new()
        {
            Kind = file.Choice<SearchMethod>("kind", defaults.Kind, Methods),
            Population = file.Integer("population", defaults.Population, 2, 100_000),
            Sample = file.Integer("sample", defaults.Sample, 1, 100_000),
            InitialTrials = file.Integer("initialTrials", defaults.InitialTrials, 1, 100_000),
            Lag = file.Integer("lag", defaults.Lag, 1, 1024),
            InheritWeights = file.Flag("inheritWeights", defaults.InheritWeights),
            ChildEpochs = file.Number("childEpochs", defaults.ChildEpochs, 0.01, 1),
            Acquisition = file.Choice<AcquisitionKind>("acquisition", defaults.Acquisition, Acquisitions),
            Pool = file.Integer("pool", defaults.Pool, 10, 100_000),
            RungEpochs = file.Integers("rungEpochs", defaults.RungEpochs, 1, 10_000),
            Reduction = file.Integer("reduction", defaults.Reduction, 2, 100),
        };
        file.RefuseUnknown();
        if (options.Sample > options.Population)
        {
            file.Problems.Add($"{file.Path}: sample <= population must hold, but got sample {options.Sample} and population {options.Population}");
        }

        return options;
    }

    private static bool IsName(string name) => name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static ImmutableSortedDictionary<string, T> CamelCase<T>()
        where T : struct, Enum =>
        Enum.GetValues<T>().ToImmutableSortedDictionary(
            value => char.ToLowerInvariant(value.ToString()[0]) + value.ToString()[1..], value => value, StringComparer.Ordinal);
}
