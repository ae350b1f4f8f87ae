using System;
using SparseNas.Generated;

namespace SparseNas.Device
{
    /// <summary>
    /// The lines a computer reads from the console: <c>SPARSENAS</c>, a word, then <c>key=value</c> pairs. Heap in bytes, time in
    /// ticks of 100 ns. The same program prints the same lines in the simulator, except for the figures of heap and time.
    /// </summary>
    public static class Report
    {
        public static void Begin()
        {
            Console.WriteLine("SPARSENAS BEGIN format=1 model=" + Golden.Model + " vectors=" + Golden.Count.ToString()
                + " classes=" + Model.Classes.ToString());
        }

        public static void Heap(string at)
        {
            uint free = nanoFramework.Runtime.Native.GC.Run(true);
            Console.WriteLine("SPARSENAS HEAP at=" + at + " free=" + free.ToString());
        }

        public static void Passed(int vector, int predicted, int sum)
        {
            Console.WriteLine(Vector(vector, "ok", predicted) + " sum=" + sum.ToString());
        }

        /// <summary>Few wrong logits point to a weight or bias of the last layer, all of them to a scale or an earlier layer.</summary>
        public static void Failed(int vector, int predicted, int sum, int different, int logit, int got, int want)
        {
            string line = Vector(vector, "FAIL", predicted) + " sum=" + sum.ToString() + " reason=logits";
            line += " different=" + different.ToString() + " logit=" + logit.ToString();
            Console.WriteLine(line + " got=" + got.ToString() + " want=" + want.ToString());
        }

        public static void ShortRow(int vector, int row, int got, int want)
        {
            string line = "SPARSENAS GOLDEN index=" + vector.ToString() + " result=FAIL reason=row row=" + row.ToString();
            Console.WriteLine(line + " got=" + got.ToString() + " want=" + want.ToString());
        }

        public static void Time(long ticks, long readingTicks)
        {
            Console.WriteLine("SPARSENAS TIME inferences=" + Golden.Count.ToString() + " ticks=" + ticks.ToString()
                + " readingTicks=" + readingTicks.ToString());
        }

        public static void Done(int failed)
        {
            Console.WriteLine("SPARSENAS DONE passed=" + (Golden.Count - failed).ToString() + " failed=" + failed.ToString());
        }

        public static void Error(Exception error)
        {
            Console.WriteLine("SPARSENAS ERROR exception=" + error.GetType().FullName);
        }

        private static string Vector(int vector, string result, int predicted)
        {
            return "SPARSENAS GOLDEN index=" + vector.ToString() + " result=" + result + " class=" + predicted.ToString()
                + " expected=" + Golden.Class(vector).ToString();
        }
    }
}
