namespace SparseNas.Training;

/// <summary>
/// Random changes to a training image, each drawn anew for every image and epoch; what comes from outside the image is the zero point.
/// Rotation, scale and elastic distortion are one bilinear resampling.
/// </summary>
/// <param name="ShiftPixels">Largest shift in each direction.</param>
/// <param name="RotateDegrees">Largest rotation to either side.</param>
/// <param name="FlipHorizontally">Mirror every other image on average.</param>
public sealed record Augmentation(int ShiftPixels = 0, float RotateDegrees = 0, bool FlipHorizontally = false)
{
    /// <summary>Images as they are.</summary>
    public static Augmentation None { get; } = new();

    /// <summary>Largest relative change of size, 0 to 0.5: an image is drawn between 1 − and 1 + this size.</summary>
    public float ScaleShare { get; init; }

    /// <summary>Largest displacement of a smooth random field on a 4x4 grid, in pixels (after Simard et al. 2003).</summary>
    public float ElasticPixels { get; init; }

    /// <summary>Side of a square at a random place that is blanked (DeVries and Taylor 2017); 0 for none.</summary>
    public int CutoutPixels { get; init; }

    /// <summary>
    /// Epochs for which a changed image is used before it is drawn anew, at least 1. More than 1 keeps a changed copy of the training data and
    /// pays for resampling only once in so many epochs.
    /// </summary>
    public int ReuseEpochs { get; init; } = 1;

    /// <summary>Whether anything is changed at all.</summary>
    internal bool IsNone => this with { ReuseEpochs = 1 } == None;

    /// <summary>Whether images are resampled, not only moved.</summary>
    internal bool Resamples => RotateDegrees > 0 || ScaleShare > 0 || ElasticPixels > 0;

    /// <summary>Every broken law.</summary>
    internal IEnumerable<string> Problems()
    {
        if (ShiftPixels < 0) yield return $"augmentation: shift >= 0 must hold, but got {ShiftPixels}";
        if (!(RotateDegrees is >= 0 and <= 180)) yield return $"augmentation: 0 <= rotation <= 180 must hold, but got {RotateDegrees}";
        if (!(ScaleShare is >= 0 and <= 0.5f)) yield return $"augmentation: 0 <= scale share <= 0.5 must hold, but got {ScaleShare}";
        if (!(ElasticPixels is >= 0 and < 100)) yield return $"augmentation: 0 <= elastic pixels < 100 must hold, but got {ElasticPixels}";
        if (CutoutPixels < 0) yield return $"augmentation: cutout >= 0 must hold, but got {CutoutPixels}";
        if (ReuseEpochs < 1) yield return $"augmentation: reuse epochs >= 1 must hold, but got {ReuseEpochs}";
    }
}
