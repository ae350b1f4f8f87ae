namespace SparseNas.Codegen.Emission.Strategies;

/// <summary>
/// One way to write operators as code. A strategy says what it can do by what it offers: nothing where it does not apply, several codes where it
/// has choices of its own. What an offer costs is read off its code.
/// </summary>
internal interface IEmissionStrategy
{
    /// <summary>Codes for the operator at <paramref name="site"/>.</summary>
    /// <param name="scope">What the model's operators share.</param>
    /// <param name="site">The operator.</param>
    /// <param name="pool">The pooling (maxima of windows, or the global mean) that alone reads it and may be computed in the same pass, or null for the operator alone.</param>
    /// <param name="clampByTable">Whether clamp tables may be used.</param>
    IEnumerable<OperatorCode> Offers(EmissionScope scope, OperatorSite site, OperatorSite? pool, bool clampByTable);
}
