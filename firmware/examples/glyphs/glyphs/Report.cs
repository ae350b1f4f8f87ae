using System;
using SparseNas.Generated;

namespace SparseNas.Device
{
    /// <summary>
    /// The lines a computer reads from the console: <c>SPARSENAS</c>, a word, <c>key=value</c> pairs, a full stop. Heap in bytes, time in
    /// ticks of 100 ns. The same program prints the same lines in the simulator, except for the figures of heap and time.
    /// </summary>
    public static class Report
    {
        public static void Begin()
        {
            Print("BEGIN format=1 model=" + Golden.Model + " vectors=" + Golden.Count.ToString()
                + " classes=" + Model.Classes.ToString());
        }

        public static void Heap(string at)
        {
            uint free = nanoFramework.Runtime.Native.GC.Run(true);
            Print("HEAP at=" + at + " free=" + free.ToString());
        }

        public static void Passed(int vector, int predicted, int sum)
        {
            Print(Vector(vector, "ok", predicted) + " sum=" + sum.ToString());
        }

        /// <summary>Few wrong logits point to a weight or bias of the last layer, all of them to a scale or an earlier layer.</summary>
        public static void Failed(int vector, int predicted, int sum, int different, int logit, int got, int want)
        {
            string line = Vector(vector, "FAIL", predicted) + " sum=" + sum.ToString() + " reason=logits";
            line += " different=" + different.ToString() + " logit=" + logit.ToString();
            Print(line + " got=" + got.ToString() + " want=" + want.ToString());
        }

        public static void ShortRow(int vector, int row, int got, int want)
        {
            string line = "GOLDEN index=" + vector.ToString() + " result=FAIL reason=row row=" + row.ToString();
            Print(line + " got=" + got.ToString() + " want=" + want.ToString());
        }

        public static void Time(long ticks, long readingTicks)
        {
            Print("TIME inferences=" + Golden.Count.ToString() + " ticks=" + ticks.ToString()
                + " readingTicks=" + readingTicks.ToString());
        }

        public static void Probe(string name, int rounds, long ticks)
        {
            Print("PROBE name=" + name + " rounds=" + rounds.ToString() + " ticks=" + ticks.ToString());
        }

        public static void Done(int failed)
        {
            Print("DONE passed=" + (Golden.Count - failed).ToString() + " failed=" + failed.ToString());
        }

        public static void Error(Exception error)
        {
            Print("ERROR exception=" + error.GetType().FullName);
        }

        /// <summary>The full stop tells a reader that the line is whole: logs get cut.</summary>
        private static void Print(string text)
        {
            Console.WriteLine("SPARSENAS " + text + " .");
        }

        private static string Vector(int vector, string result, int predicted)
        {
            return "GOLDEN index=" + vector.ToString() + " result=" + result + " class=" + predicted.ToString()
                + " expected=" + Golden.Class(vector).ToString();
        }
    }
}
