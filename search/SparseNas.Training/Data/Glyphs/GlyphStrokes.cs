using System.Collections.Immutable;
using System.Globalization;

namespace SparseNas.Training.Data.Glyphs;

/// <summary>A point of the unit box, or of the canvas in pixels: x to the right, y downwards.</summary>
internal readonly record struct GlyphPoint(float X, float Y);

/// <summary>One pen stroke: a chain of quadratic Bézier curves. Points 0, 2, 4… lie on the curve, points 1, 3, 5… are the controls between them.</summary>
internal sealed record GlyphStroke(ImmutableArray<GlyphPoint> Points);

/// <summary>
/// How each digit is drawn, as pen strokes in a unit box. Several ways to draw a digit are variants of it. A path is written as
/// <c>x y</c> of the start and then <c>L x y</c> for a line or <c>Q cx cy x y</c> for a curve; strokes are separated by <c>|</c>.
/// </summary>
internal static class GlyphStrokes
{
    private static readonly string[][] Paths =
    [
        [
            ".5 0 Q .95 0 .95 .5 Q .95 1 .5 1 Q .05 1 .05 .5 Q .05 0 .5 0",
            ".62 .02 Q 1 .12 .92 .55 Q .85 1 .42 .98 Q .02 .9 .08 .45 Q .18 0 .72 .06",
        ],
        [
            ".5 0 L .5 1",
            ".22 .24 L .56 0 L .56 1",
            ".25 .22 L .52 0 L .52 1 | .22 1 L .82 1",
        ],
        [
            ".08 .25 Q .1 0 .5 0 Q .92 0 .92 .28 Q .92 .5 .5 .72 L .05 1 L .95 1",
            ".1 .2 Q .3 -.06 .62 .03 Q .95 .16 .78 .45 Q .6 .72 .2 .92 Q .02 .98 .12 .84 Q .3 .74 .56 .92 Q .8 1.04 .97 .9",
        ],
        [
            ".1 .1 Q .3 0 .5 0 Q .9 0 .9 .25 Q .9 .48 .4 .48 Q .95 .5 .95 .75 Q .95 1 .5 1 Q .2 1 .05 .86",
            ".08 0 L .9 0 L .45 .4 Q .95 .4 .95 .72 Q .93 1 .48 1 Q .2 1 .06 .86",
        ],
        [
            ".7 1 L .7 0 L .05 .68 L .98 .68",
            ".2 0 L .1 .55 L .92 .55 | .75 .1 L .68 1",
        ],
        [
            ".88 0 L .2 0 L .14 .45 Q .3 .36 .5 .36 Q .95 .38 .95 .68 Q .95 1 .48 1 Q .2 1 .05 .86",
            ".2 .02 L .16 .42 Q .55 .3 .8 .5 Q 1 .75 .7 .95 Q .4 1.06 .06 .88 | .2 .02 L .92 0",
        ],
        [
            ".8 .03 Q .1 .2 .08 .68 Q .1 1 .5 1 Q .93 1 .93 .7 Q .93 .42 .52 .42 Q .15 .42 .08 .68",
            ".55 0 Q .2 .3 .1 .62 Q .05 1 .48 1 Q .88 .98 .86 .72 Q .8 .5 .48 .54 Q .2 .6 .12 .8",
        ],
        [
            ".05 0 L .95 0 L .4 1",
            ".05 .06 L .93 .02 Q .6 .4 .45 1 | .3 .5 L .82 .48",
        ],
        [
            ".5 .46 Q .1 .42 .1 .23 Q .12 0 .5 0 Q .88 0 .88 .23 Q .88 .42 .5 .46 Q .05 .52 .05 .76 Q .07 1 .5 1 Q .95 1 .95 .76 Q .95 .52 .5 .46",
            ".85 .1 Q .5 -.08 .22 .14 Q .1 .34 .5 .48 Q .98 .66 .8 .88 Q .5 1.12 .14 .86 Q .04 .66 .46 .5 Q .9 .32 .85 .1",
        ],
        [
            ".92 .32 Q .85 .57 .48 .57 Q .07 .56 .07 .3 Q .07 0 .5 0 Q .92 0 .92 .32 Q .92 .7 .5 1",
            ".85 .12 Q .5 -.1 .2 .14 Q .02 .42 .36 .52 Q .72 .54 .85 .12 L .78 1",
        ],
    ];

    /// <summary>The variants of each digit, each a list of strokes.</summary>
    public static ImmutableArray<ImmutableArray<ImmutableArray<GlyphStroke>>> ByDigit { get; } =
        [.. Paths.Select(variants => variants.Select(path => path.Split('|').Select(Parse).ToImmutableArray()).ToImmutableArray())];

    private static GlyphStroke Parse(string path)
    {
        string[] words = path.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var points = new List<GlyphPoint> { At(words, 0) };
        for (int word = 2; word < words.Length;)
        {
            bool isCurve = words[word] == "Q";
            GlyphPoint end = At(words, word + (isCurve ? 3 : 1));
            GlyphPoint start = points[^1];
            points.Add(isCurve ? At(words, word + 1) : new GlyphPoint((start.X + end.X) / 2, (start.Y + end.Y) / 2));
            points.Add(end);
            word += isCurve ? 5 : 3;
        }

        return new GlyphStroke([.. points]);
    }

    private static GlyphPoint At(string[] words, int index) =>
        new(float.Parse(words[index], CultureInfo.InvariantCulture), float.Parse(words[index + 1], CultureInfo.InvariantCulture));
}
