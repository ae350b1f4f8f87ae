using SparseNas.Pruning;

namespace SparseNas.Search.Tests.Trials;

public class PruningChoiceTests
{
    [Fact]
    public void EveryMethodHasOptionsForWeightsAndChannelsWithItsStrength()
    {
        foreach (PruningMethod method in Enum.GetValues<PruningMethod>())
        {
            foreach (PruningStructure structure in (PruningStructure[])[PruningStructure.Weights, PruningStructure.Channels])
            {
                PruningOptions options = new PruningChoice(structure, method, 0.75).ToOptions();
                PruningGranularity granularity = structure == PruningStructure.Channels ? PruningGranularity.Channel : PruningGranularity.Weight;
                switch (options)
                {
                    case MagnitudePruning magnitude:
                        Assert.Equal((0.75, granularity), (magnitude.Sparsity, magnitude.Granularity));
                        break;
                    case DynamicPruning dynamic:
                        Assert.Equal((0.75, granularity), (dynamic.Sparsity, dynamic.Granularity));
                        break;
                    case SparseVariationalDropout dropout:
                        Assert.Equal((3f, PruningStructure.Weights), (dropout.Variational.KlWeight, structure));
                        break;
                    case BayesianCompression groups:
                        Assert.Equal((3f, PruningStructure.Channels), (groups.Variational.KlWeight, structure));
                        Assert.Equal(method == PruningMethod.Horseshoe ? GroupPrior.Horseshoe : GroupPrior.NormalJeffreys, groups.Prior);
                        break;
                    default:
                        Assert.Fail($"{method} for {structure} gives {options}");
                        break;
                }
            }
        }

        Assert.Same(PruningOptions.None, new PruningChoice(PruningStructure.None, PruningMethod.Bayesian, 0).ToOptions());
    }
}
