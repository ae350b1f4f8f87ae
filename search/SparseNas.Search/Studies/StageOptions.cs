namespace SparseNas.Search;

/// <summary>
/// One stage of a search (SpArSe, Fedorov et al. 2019, searches in three): many configurations briefly, fewer around the front of what came before for longer, and
/// in the end the front itself over several seeds. The set is closed.
/// </summary>
/// <param name="Trials">How many trials the stage has.</param>
/// <param name="Epochs">Epochs that a candidate with fresh weights trains in it.</param>
public abstract record Stage(int Trials, int Epochs);

/// <summary>A stage that tries new configurations and trains the best of the earlier stages on.</summary>
/// <param name="Trials">Trials of the stage.</param>
/// <param name="Epochs">Epochs of fresh and of promoted candidates; children with inherited weights train their share of them.</param>
/// <param name="DataShare">Share of the training samples that is learnt from, above 0 to 1.</param>
/// <param name="Explore">Share of random samples among what a Bayesian search chooses from, 0 to 1; the rest are morphisms of the front.</param>
/// <param name="Promote">Share of the trials that train members of the earlier stages' front on, 0 to 1.</param>
public sealed record SearchStage(int Trials, int Epochs, double DataShare, double Explore, double Promote) : Stage(Trials, Epochs)
{
    /// <summary>Most promotions of the stage.</summary>
    public int Promotions => (int)Math.Round(Trials * Promote);
}

/// <summary>A stage that trains members of the front anew from other seeds, so that a figure is a mean with a deviation.</summary>
/// <param name="Members">Members of the front.</param>
/// <param name="Seeds">Seeds of each.</param>
/// <param name="Epochs">Epochs of each training, from fresh weights.</param>
public sealed record RepeatStage(int Members, int Seeds, int Epochs) : Stage(Members * Seeds, Epochs);

/// <summary>Where a trial stands.</summary>
/// <param name="Stage">Its stage.</param>
/// <param name="Index">The stage's place among the stages, from 0.</param>
/// <param name="First">Number of the stage's first trial.</param>
public sealed record StagePlace(Stage Stage, int Index, int First);
